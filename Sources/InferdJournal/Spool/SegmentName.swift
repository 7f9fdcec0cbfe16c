/// Where a segment lies beneath the spool's directory.
struct SegmentName: Hashable {
    /// Digits of the block number in a file's name: names are in the order of numbers.
    private static let digits = 16
    private static let suffix = ".seg"

    var hour: SpoolHour
    /// Number of the segment's first block, by which segments are ordered.
    var firstBlock: UInt64

    var path: String {
        let number = String(firstBlock)
        let zeros = String(repeating: "0", count: max(0, Self.digits - number.utf8.count))
        return "\(hour.name)/\(zeros)\(number)\(Self.suffix)"
    }

    init(hour: SpoolHour, firstBlock: UInt64) {
        self.hour = hour
        self.firstBlock = firstBlock
    }

    /// From a file's name in the directory of `hour`; nil when it is no segment's.
    init?(hour: SpoolHour, file: String) {
        guard file.hasSuffix(Self.suffix) else { return nil }
        let number = file.dropLast(Self.suffix.utf8.count)
        guard number.utf8.count == Self.digits, number.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let firstBlock = UInt64(number), firstBlock > 0
        else { return nil }
        self.init(hour: hour, firstBlock: firstBlock)
    }
}
