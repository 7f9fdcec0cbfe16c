/// A tensor's bytes at an address that does not change, aligned as the engine likes it.
@safe
final class InputBuffer {
    private let memory: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8]) {
        unsafe memory = .allocate(byteCount: max(bytes.count, 1), alignment: 64)
        unsafe memory.copyBytes(from: bytes)
    }

    deinit {
        unsafe memory.deallocate()
    }

    /// Valid for this object's life.
    @unsafe
    var address: UnsafeMutableRawPointer {
        // An allocation is never empty.
        unsafe memory.baseAddress.unsafelyUnwrapped
    }
}
