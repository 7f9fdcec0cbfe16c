/// The numbers of the spool's files; docs/FORMATS.md draws them.
package enum SpoolFormat {
    /// Version of segments that are written, and the only one that is read.
    package static let version: UInt32 = 1

    /// Bytes of the header that a segment begins with, in this version and every later one.
    package static let segmentHeaderBytes = 64
    /// Bytes before a block's data.
    package static let blockHeaderBytes = 48
    /// Bytes before a record's reason and payload, inside a block.
    package static let recordHeaderBytes = 6

    /// Uncompressed bytes of a block, at most. A block that claims more is damaged: memory is never taken
    /// for what a file says before it is held against this.
    package static let maximumRawBytes = 64 << 20
    /// Bytes of the reason that a record may carry.
    package static let maximumReasonBytes = 255

    /// Numbers that blocks may have begin at 1 and end here: files are named by 16 digits.
    package static let maximumBlockNumber: UInt64 = 9_999_999_999_999_999

    /// What a segment begins with: `infspool` as it lies in the file.
    static let segmentMagic: UInt64 = 0x6C6F_6F70_7366_6E69
    /// What a block begins with: `iBLK`.
    static let blockMagic: UInt32 = 0x4B4C_4269
    /// What the cursor's file begins with: `infcursr`.
    static let cursorMagic: UInt64 = 0x7273_7275_6366_6E69
}
