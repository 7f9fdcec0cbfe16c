package import InferdBase

/// What stands at the front of a connection's unread bytes.
package enum FrameScan: Equatable, Sendable {
    /// The frame is not all there; scanning again makes sense once `needed` bytes are.
    case incomplete(needed: Int)
    /// A whole frame of `total` bytes. `payload` is the message, or its LZ4 block when `compressed`;
    /// `uncompressedBytes` is the message's size as declared. Ranges count from the first byte scanned.
    case frame(compressed: Bool, payload: Range<Int>, uncompressedBytes: Int, total: Int)
    /// Not a frame: where the next one starts is not known any more. The connection is told why,
    /// with id 0, and closed.
    case refused(RequestError)
}
