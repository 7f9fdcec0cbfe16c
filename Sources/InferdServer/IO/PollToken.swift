/// What a readiness event is about, packed into the poller's 64-bit token.
enum PollToken {
    case connection(ConnectionHandle)
    case listener(Int)
    case signal

    private static let signalIndex = UInt32.max
    private static let firstListener: UInt32 = 0xFFFF_0000

    var packed: UInt64 {
        switch self {
        case .connection(let handle): UInt64(handle.generation) << 32 | UInt64(handle.slot)
        case .listener(let index): UInt64(Self.firstListener + UInt32(index))
        case .signal: UInt64(Self.signalIndex)
        }
    }

    init(packed: UInt64) {
        let low = UInt32(truncatingIfNeeded: packed)
        if low == Self.signalIndex {
            self = .signal
        } else if low >= Self.firstListener {
            self = .listener(Int(low - Self.firstListener))
        } else {
            self = .connection(ConnectionHandle(slot: low, generation: UInt32(packed >> 32)))
        }
    }
}
