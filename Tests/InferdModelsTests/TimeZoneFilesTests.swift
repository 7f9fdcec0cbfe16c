import InferdForecast
import InferdTestSupport
import Testing

@testable import InferdModels

struct TimeZoneFilesTests {
    @Test(arguments: ["America/New_York", "Asia/Kolkata", "Etc/GMT+5", "US/Eastern", "UTC"])
    func zonesOfTheSystemAreFound(name: String) throws {
        #expect(try TimeZoneFiles().rules(named: name).name == name)
    }

    @Test(arguments: [
        "../../../etc/passwd", "/etc/passwd", "America/../../../../etc/passwd", "./UTC", "America/", "/", "..",
        "America//New_York", "tzdata.zi", "America",
    ])
    func namesDoNotLeadOutOfTheFolder(name: String) {
        #expect(throws: BundleError.self) { try TimeZoneFiles().rules(named: name) }
    }

    @Test(arguments: ["", "New York", "ä", "a\0b", String(repeating: "x", count: 65), "A\nB"])
    func whatIsNoNameIsRefused(name: String) {
        let error = #expect(throws: BundleError.self) { try TimeZoneFiles().rules(named: name) }
        #expect(error?.message == "expected the name of a time zone, found '\(name.prefix(64))'")
    }

    @Test func unknownZonesAreNamed() {
        let error = #expect(throws: BundleError.self) { try TimeZoneFiles().rules(named: "Europe/Atlantis") }
        #expect(
            error?.message
                == "time zone 'Europe/Atlantis' is not known to this system: expected a regular file, found nothing")
    }

    @Test func linksAreFollowedWithinTheFolderOnly() throws {
        let folder = try RepositoryFolder()
        try folder.write("Right", Array(Self.file(offset: 3600)))
        try folder.link("Inside", to: "Right")
        try folder.link("Outside", to: "/usr/share/zoneinfo/Asia/Kolkata")
        let zones = TimeZoneFiles(folder: folder.path)
        #expect(try zones.rules(named: "Inside").utcOffset(at: 0) == 3600)
        #expect(throws: BundleError.self) { try zones.rules(named: "Outside") }
    }

    @Test func damagedFilesAreNamed() throws {
        let folder = try RepositoryFolder()
        try folder.write("Empty", [])
        try folder.write("Short", Array(Self.file(offset: 0).dropLast()))
        let zones = TimeZoneFiles(folder: folder.path)
        for (name, message) in [("Empty", "the TZif file is truncated"), ("Short", "the TZif file is truncated")] {
            let error = #expect(throws: BundleError.self) { try zones.rules(named: name) }
            #expect(error?.message == "time zone '\(name)': \(message)")
        }
    }

    @Test func aSystemWithoutZonesSaysSo() {
        let error = #expect(throws: BundleError.self) {
            try TimeZoneFiles(folder: "/nowhere").rules(named: "Asia/Tokyo")
        }
        #expect(
            error?.message == "time zone 'Asia/Tokyo' is not known to this system: expected a directory, found nothing")
    }

    /// A TZif file of version 1 with one offset.
    private static func file(offset: Int32) -> [UInt8] {
        var bytes = Array("TZif".utf8) + [UInt8](repeating: 0, count: 16)
        for count in [0, 0, 0, 0, 1, 4] as [UInt8] {
            bytes += [0, 0, 0, count]
        }
        bytes += (0..<4).reversed().map { UInt8(truncatingIfNeeded: offset >> (8 * $0)) }
        return bytes + [0, 0] + Array("TST".utf8) + [0]
    }
}
