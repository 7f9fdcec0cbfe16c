/// A growable run of bytes with one owner, aligned to a cache line so that tensors may lie in it.
///
/// Growing doubles the capacity and keeps the content; the memory is kept when the content is
/// dropped, so that a buffer in steady use stops allocating. `shrink(toCapacity:)` gives it back.
@safe
package struct OwnedBytes: ~Copyable, @unchecked Sendable {
    /// Alignment of the first byte.
    package static let alignment = 64

    private var base: UnsafeMutableRawPointer
    package private(set) var capacity: Int
    package private(set) var count: Int

    package init(capacity: Int = 0) {
        precondition(capacity >= 0)
        unsafe base = Self.allocate(capacity)
        self.capacity = capacity
        count = 0
    }

    /// Memory for `capacity` bytes; without capacity an aligned address that nobody reads or frees, so
    /// that an empty buffer costs nothing.
    private static func allocate(_ capacity: Int) -> UnsafeMutableRawPointer {
        if capacity == 0 {
            return unsafe UnsafeMutableRawPointer(bitPattern: alignment).unsafelyUnwrapped
        }
        return .allocate(byteCount: capacity, alignment: alignment)
    }

    package init(copying bytes: RawSpan) {
        self.init(capacity: bytes.byteCount)
        append(bytes)
    }

    deinit {
        if capacity > 0 {
            unsafe base.deallocate()
        }
    }

    package var isEmpty: Bool { count == 0 }

    /// The content.
    package var span: RawSpan {
        @_lifetime(borrow self)
        get {
            unsafe _overrideLifetime(RawSpan(_unsafeStart: base, byteCount: count), borrowing: self)
        }
    }

    package var mutableSpan: MutableRawSpan {
        @_lifetime(&self)
        mutating get {
            unsafe _overrideLifetime(MutableRawSpan(_unsafeStart: base, byteCount: count), mutating: &self)
        }
    }

    /// The content's address, valid until the next call that grows, shrinks or destroys the buffer.
    @unsafe
    package var baseAddress: UnsafeMutableRawPointer {
        unsafe base
    }

    /// Makes room for `additional` bytes past the content.
    package mutating func reserve(_ additional: Int) {
        precondition(additional >= 0)
        let needed = count + additional
        if needed > capacity {
            reallocate(toCapacity: max(needed, capacity * 2, 64))
        }
    }

    package mutating func append(_ bytes: RawSpan) {
        reserve(bytes.byteCount)
        unsafe bytes.withUnsafeBytes { source in
            if let address = source.baseAddress {
                unsafe (base + count).copyMemory(from: address, byteCount: source.count)
            }
        }
        count += bytes.byteCount
    }

    package mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe (base + count).storeBytes(of: byte, as: UInt8.self)
        count += 1
    }

    /// Lets `body` write up to `capacity` bytes behind the content; it returns how many it wrote.
    @unsafe
    package mutating func appendUninitialized<Failure: Error>(
        _ additional: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        reserve(additional)
        let written = unsafe try body(UnsafeMutableRawBufferPointer(start: base + count, count: additional))
        precondition(written >= 0 && written <= additional)
        count += written
    }

    /// Sets the content's length; new bytes are zero.
    package mutating func resize(to newCount: Int) {
        precondition(newCount >= 0)
        if newCount > count {
            reserve(newCount - count)
            unsafe (base + count).initializeMemory(as: UInt8.self, repeating: 0, count: newCount - count)
        }
        count = newCount
    }

    /// Drops the first `length` bytes and moves the rest to the front.
    package mutating func removeFirst(_ length: Int) {
        precondition(length >= 0 && length <= count)
        if length == 0 { return }
        unsafe base.copyMemory(from: base + length, byteCount: count - length)
        count -= length
    }

    /// Drops the content, keeps the memory.
    package mutating func removeAll() {
        count = 0
    }

    /// Gives memory beyond `newCapacity` back, never content.
    package mutating func shrink(toCapacity newCapacity: Int) {
        let target = max(newCapacity, count)
        if target < capacity {
            reallocate(toCapacity: target)
        }
    }

    private mutating func reallocate(toCapacity newCapacity: Int) {
        let replacement = unsafe Self.allocate(newCapacity)
        unsafe replacement.copyMemory(from: base, byteCount: count)
        if capacity > 0 {
            unsafe base.deallocate()
        }
        unsafe base = replacement
        capacity = newCapacity
    }
}
