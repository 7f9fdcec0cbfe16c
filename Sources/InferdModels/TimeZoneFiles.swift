import InferdBase
package import InferdForecast

/// The system's time zones: TZif files beneath one folder.
package struct TimeZoneFiles: Sendable {
    /// No zone's file is nearly as large.
    private static let greatestBytes = 1 << 20

    private let folder: String

    package init(folder: String = "/usr/share/zoneinfo") {
        self.folder = folder
    }

    /// - Parameter name: IANA name, for example `America/New_York`.
    package func rules(named name: String) throws(BundleError) -> TimeZoneRules {
        if name == "UTC" { return .utc }
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }
        guard isName, !name.isEmpty, name.utf8.count <= 64 else {
            throw BundleError("expected the name of a time zone, found '\(name.prefix(64))'")
        }
        do {
            let zones = try DirectoryHandle(path: folder)
            // Zones are often links to one another.
            let file = try zones.read(name, maximumBytes: Self.greatestBytes, links: .beneath)
            return try TimeZoneRules(tzif: file.span, name: name)
        } catch let error as TimeTextError {
            throw BundleError("time zone '\(name)': \(error.message)")
        } catch let error as FileError {
            throw BundleError("time zone '\(name)' is not known to this system: \(error.message)")
        } catch {
            throw BundleError("time zone '\(name)' cannot be read")
        }
    }
}
