import Foundation
import InferdForecast

/// Zones as this system knows them.
enum SystemZone {
    static let folder = "/usr/share/zoneinfo"

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
    }

    static func named(_ name: String) throws -> TimeZoneRules {
        let bytes = try bytes(name)
        return try unsafe TimeZoneRules(tzif: bytes.span.bytes, name: name)
    }
}
