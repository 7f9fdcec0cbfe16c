/// The segment that is being written.
struct OpenSegment {
    let file: Int32
    let name: SegmentName
    /// Repeated in each block.
    let mark: UInt64
    /// Bytes of the header and whole blocks; whatever else the file holds is to be cut.
    var length: Int

    /// Whether a block was written to it as a whole.
    var hasBlocks: Bool { length > SpoolFormat.segmentHeaderBytes }
}
