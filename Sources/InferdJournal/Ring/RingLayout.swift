#if _endian(big)
    #error("a ring's numbers are stored as they lie in memory, which is the documented order on little-endian machines")
#endif

/// Where things lie in a ring's file. `docs/FORMATS.md` shows the same with the reasons; a test holds
/// golden bytes against both.
///
/// The file is a page of header, then `capacity` bytes of records. A *position* counts bytes of records
/// from the ring's first on and never falls; `position & (capacity - 1)` is the offset behind the header
/// page.
enum RingLayout {
    /// "INFRDRNG".
    static let magic: UInt64 = 0x474E_5244_5246_4E49
    static let version: UInt32 = 1

    // The header page. What is written once stands before `constantsCheck`, which covers it.

    static let headerPageBytes = 4096
    static let magicOffset = 0
    static let versionOffset = 8
    static let producerOffset = 12
    static let capacityOffset = 16
    static let bootIDHighOffset = 24
    static let bootIDLowOffset = 32
    static let constantsCheckOffset = 60
    /// The producer's line. Processors fetch cache lines in pairs: what two threads write lies 128 bytes
    /// apart.
    static let tailOffset = 128
    static let committedCountOffset = 136
    /// The consumer's line.
    static let headOffset = 256
    /// All bits of the head inverted, written after it: nothing else would tell a damaged head that happens to
    /// be where another record begins.
    static let headComplementOffset = 264

    // A record's header, relative to its position.

    static let stateOffset = 0
    static let extentOffset = 4
    static let positionOffset = 8
    static let eventSequenceOffset = 16
    static let byteCountOffset = 24
    static let payloadCheckOffset = 28
    static let headerCheckOffset = 32
    static let kindOffset = 36
    static let recordHeaderBytes = 40

    /// Positions and extents are multiples of this.
    static let alignment = 16
    static let minimumCapacity = 1024
    /// What a mapping and a record's 32-bit extent can hold with ease.
    static let maximumCapacity = 1 << 30

    /// Bytes of a record with `payload` bytes, before it takes up a rest of the ring too small for another.
    static func extent(payload: Int) -> Int {
        (recordHeaderBytes + payload + alignment - 1) & ~(alignment - 1)
    }

    /// Bytes of the longest payload. A record of at most half the ring fits an empty one wherever it
    /// begins, although it is never split.
    static func maximumPayloadBytes(capacity: Int) -> Int {
        capacity / 2 - recordHeaderBytes
    }

    static func isValid(capacity: Int) -> Bool {
        capacity >= minimumCapacity && capacity <= maximumCapacity && capacity & (capacity - 1) == 0
    }
}
