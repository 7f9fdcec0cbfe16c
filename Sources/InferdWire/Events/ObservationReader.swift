/// Reads what a `ScoredPrediction` adds to its event. Borrows the record's bytes.
package struct ObservationReader: ~Escapable {
    package let quantity: UInt64
    package let toleranceMicroseconds: Int64
    package let count: Int
    private let observations: RawSpan

    /// nil: the bytes are no such record.
    @_lifetime(copy record)
    package init?(_ record: RawSpan) {
        guard let added = ScoredPrediction.addedBytes(of: record) else { return nil }
        let start = record.byteCount - added
        quantity = Self.bits(record, at: start)
        toleranceMicroseconds = Int64(bitPattern: Self.bits(record, at: start + 8))
        observations = record.extracting(
            start + ScoredPrediction.headBytes..<record.byteCount - ScoredPrediction.lengthBytes)
        count = observations.byteCount / ScoredPrediction.observationBytes
    }

    package func timeMicroseconds(at index: Int) -> Int64 {
        Int64(bitPattern: Self.bits(observations, at: index * ScoredPrediction.observationBytes))
    }

    package func value(at index: Int) -> Double {
        Double(bitPattern: Self.bits(observations, at: index * ScoredPrediction.observationBytes + 8))
    }

    private static func bits(_ bytes: RawSpan, at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset <= bytes.byteCount - 8)
        // Sound: eight bytes stand there.
        return unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
