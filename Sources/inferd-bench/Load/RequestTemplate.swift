/// A request that is sent many times over, each time under an id of its own.
struct RequestTemplate {
    private(set) var frame: [UInt8]

    /// Requests that can be told apart.
    static let capacity = Int((1 << 28) - RequestFrames.firstID)

    /// Of a frame made by `RequestFrames`: its header has five bytes, the id's tag one.
    init(_ frame: [UInt8]) {
        precondition(frame[5] == 0x08 && frame[9] < 0x80)
        self.frame = frame
    }

    /// Makes it the request numbered `number`, from 0 on.
    mutating func setNumber(_ number: Int) {
        precondition(number < Self.capacity)
        let id = RequestFrames.firstID + UInt64(number)
        for index in 0..<4 {
            frame[6 + index] = UInt8(truncatingIfNeeded: id >> (7 * index)) & 0x7f | (index < 3 ? 0x80 : 0)
        }
    }
}
