import CInferdProto
import InferdBase

/// Memory for one decoded message: protobuf-c allocates from it, and everything is freed at once.
///
/// Blocks of 64 bytes and more are aligned to 64, so that a tensor's elements may be read where they
/// lie. What was taken is kept for the next message up to `retainedBytes`.
@safe
package struct MessageArena: ~Copyable {
    /// Memory kept between messages.
    private static let retainedBytes = 256 << 10
    private static let alignment = 64

    /// At a fixed address, because protobuf-c calls back with it.
    @safe
    private struct State {
        var block: UnsafeMutableRawPointer?
        var blockBytes = 0
        var used = 0
        /// Blocks that were full, as a list: each begins with the address of the one before.
        var full: UnsafeMutableRawPointer?
        var taken = 0
        var budget = 0
        var isExhausted = false
    }

    private let state: UnsafeMutablePointer<State>

    package init() {
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: State())
    }

    deinit {
        unsafe Self.freeFull(state)
        unsafe state.pointee.block?.deallocate()
        unsafe state.deallocate()
    }

    /// Frees everything that was allocated. All views of messages decoded here end.
    /// - Parameter budget: bytes that may be allocated until the next reset.
    package mutating func reset(budget: Int) {
        unsafe Self.freeFull(state)
        if unsafe state.pointee.blockBytes > Self.retainedBytes {
            unsafe state.pointee.block?.deallocate()
            unsafe state.pointee.block = nil
            unsafe state.pointee.blockBytes = 0
        }
        unsafe state.pointee.used = 0
        unsafe state.pointee.taken = 0
        // Half of all there is, so that rounding up never overflows.
        unsafe state.pointee.budget = min(budget, .max / 2)
        unsafe state.pointee.isExhausted = false
    }

    /// The last message needed more than the budget.
    var isExhausted: Bool { unsafe state.pointee.isExhausted }

    /// For protobuf-c; valid while the arena is.
    @unsafe
    var allocator: ProtobufCAllocator {
        unsafe ProtobufCAllocator(
            alloc: { data, size in
                guard let data = unsafe data else { return nil }
                return unsafe MessageArena.allocate(data.assumingMemoryBound(to: State.self), size)
            },
            free: { _, _ in }, allocator_data: UnsafeMutableRawPointer(state))
    }

    private static func allocate(_ state: UnsafeMutablePointer<State>, _ size: Int) -> UnsafeMutableRawPointer? {
        guard size >= 0, unsafe size <= state.pointee.budget - state.pointee.taken else {
            unsafe state.pointee.isExhausted = true
            return nil
        }
        let step = size >= alignment ? alignment : 16
        // Counted with what rounds it up, or many small pieces would take several times the budget.
        let roundedSize = (size + step - 1) / step * step
        guard unsafe roundedSize <= state.pointee.budget - state.pointee.taken else {
            unsafe state.pointee.isExhausted = true
            return nil
        }
        unsafe state.pointee.taken += roundedSize
        let start = unsafe (state.pointee.used + step - 1) / step * step
        if let block = unsafe state.pointee.block, unsafe start + size <= state.pointee.blockBytes {
            unsafe state.pointee.used = start + size
            return unsafe block + start
        }
        return unsafe allocateInNewBlock(state, size)
    }

    private static func allocateInNewBlock(
        _ state: UnsafeMutablePointer<State>, _ size: Int
    ) -> UnsafeMutableRawPointer {
        if let block = unsafe state.pointee.block {
            // The next message finds one block that is large enough.
            unsafe block.storeBytes(of: state.pointee.full, as: UnsafeMutableRawPointer?.self)
            unsafe state.pointee.full = block
        }
        // Room for the list's address at the front.
        let bytes = unsafe max(size + alignment, state.pointee.blockBytes * 2, 16 << 10)
        let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: alignment)
        unsafe state.pointee.block = block
        unsafe state.pointee.blockBytes = bytes
        unsafe state.pointee.used = alignment + size
        return unsafe block + alignment
    }

    private static func freeFull(_ state: UnsafeMutablePointer<State>) {
        while let block = unsafe state.pointee.full {
            unsafe state.pointee.full = block.load(as: UnsafeMutableRawPointer?.self)
            unsafe block.deallocate()
        }
    }
}
