import InferdForecast

/// Makes the bytes of a TZif file (RFC 8536, section 3), right ones and others.
struct TZifFile {
    var version = UInt8(ascii: "2")
    var transitions: [Int64] = []
    /// Of each transition, a place in `offsets`.
    var types: [UInt8] = []
    var offsets: [Int32] = [0]
    var footer: String? = ""
    var leapSeconds: UInt32 = 0
    /// Replaces the header's counts, in the file's order, without there being any data for them.
    var claimedCounts: [UInt32]?

    private var counts: [UInt32] {
        claimedCounts ?? [0, 0, leapSeconds, UInt32(transitions.count), UInt32(offsets.count), 4]
    }

    var bytes: [UInt8] {
        var file = header(counts)
        if version == 0 {
            return file + data(timeBytes: 4)
        }
        // An empty block of version 1, as slim files have it, then ours.
        file = header([0, 0, 0, 0, 1, 1]) + [UInt8](repeating: 0, count: 7)
        file += header(counts) + data(timeBytes: 8)
        if let footer {
            file += [0x0A] + Array(footer.utf8) + [0x0A]
        }
        return file
    }

    private func header(_ counts: [UInt32]) -> [UInt8] {
        Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15) + counts.flatMap { Self.bigEndian($0) }
    }

    private func data(timeBytes: Int) -> [UInt8] {
        var data: [UInt8] = []
        for transition in transitions {
            data += timeBytes == 8 ? Self.bigEndian(transition) : Self.bigEndian(Int32(truncatingIfNeeded: transition))
        }
        data += types
        for offset in offsets {
            data += Self.bigEndian(offset) + [0, 0]
        }
        return data + Array("UTC".utf8) + [0] + [UInt8](repeating: 0, count: Int(leapSeconds) * (timeBytes + 4))
    }

    private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    func rules(name: String = "Test/Zone") throws(TimeTextError) -> TimeZoneRules {
        try unsafe TimeZoneRules(tzif: bytes.span.bytes, name: name)
    }
}
