internal import InferdBase

/// The record of a forecast whose series is followed: the bytes of its `PredictionEvent`, then what the request held
/// of the series' past, against which earlier forecasts are scored. It is the rings' own: what leaves them is the
/// event. `docs/FORMATS.md` shows the layout.
package enum ScoredPrediction {
    /// Kind of the record; none of `EventKind`.
    package static let recordKind: UInt8 = 3

    /// Quantity and tolerance.
    static let headBytes = 16
    /// Time and value.
    static let observationBytes = 16
    /// The last four bytes say how many stand between them and the event.
    static let lengthBytes = 4

    /// Observations that a request of so many bytes holds at most, as far as they are recorded.
    package static func observationBound(bodyBytes: Int) -> Int {
        // Each point is a value of eight bytes at least.
        min(Limits.scoredObservations, bodyBytes / 8)
    }

    /// Bytes that the record takes beside its event at most.
    package static func addedByteBound(observations: Int) -> Int {
        headBytes + observations * observationBytes + lengthBytes
    }

    /// The event in a record; nil: the bytes are no such record.
    @_lifetime(copy record)
    package static func event(in record: RawSpan) -> RawSpan? {
        guard let added = addedBytes(of: record) else { return nil }
        return record.extracting(0..<record.byteCount - added)
    }

    /// How many bytes follow the event, the length included; nil: the bytes are no such record.
    static func addedBytes(of record: RawSpan) -> Int? {
        let end = record.byteCount - lengthBytes
        guard end >= headBytes else { return nil }
        // Sound: four bytes stand there.
        let length = unsafe UInt32(littleEndian: record.unsafeLoadUnaligned(fromByteOffset: end, as: UInt32.self))
        guard let count = Int(exactly: length), count >= headBytes, count <= end,
            (count - headBytes) % observationBytes == 0
        else { return nil }
        return count + lengthBytes
    }
}
