/// Writes what a `ScoredPrediction` adds to its event, behind it in the room that was reserved. Allocates nothing;
/// what does not fit traps.
package struct ObservationWriter: ~Copyable, ~Escapable {
    private var room: MutableRawSpan
    private let start: Int
    private var end: Int

    /// - Parameters:
    ///   - eventBytes: of the event at the room's beginning.
    ///   - quantity: tells what is observed from other quantities of the same series.
    ///   - toleranceMicroseconds: by which times of one point may differ.
    @_lifetime(copy room)
    package init(
        _ room: consuming MutableRawSpan, after eventBytes: Int, quantity: UInt64, toleranceMicroseconds: Int64
    ) {
        self.room = room
        start = eventBytes
        end = eventBytes
        write(quantity)
        write(UInt64(bitPattern: toleranceMicroseconds))
    }

    @_lifetime(self: copy self)
    package mutating func append(timeMicroseconds: Int64, value: Double) {
        write(UInt64(bitPattern: timeMicroseconds))
        write(value.bitPattern)
    }

    /// Ends the record.
    /// - Returns: its bytes, the event's included.
    @_lifetime(self: copy self)
    package mutating func finish() -> Int {
        room.storeBytes(of: UInt32(end - start).littleEndian, toByteOffset: end, as: UInt32.self)
        return end + ScoredPrediction.lengthBytes
    }

    @_lifetime(self: copy self)
    private mutating func write(_ bits: UInt64) {
        room.storeBytes(of: bits.littleEndian, toByteOffset: end, as: UInt64.self)
        end += 8
    }
}
