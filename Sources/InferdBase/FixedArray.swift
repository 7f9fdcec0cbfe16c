/// A heap array whose length never changes and whose elements never move, for elements that cannot
/// be copied (atomics, buffers) or are reached by several threads at fixed addresses.
///
/// Reading an element borrows it in place; no copy, no reference count. Indices are checked.
@safe
package struct FixedArray<Element: ~Copyable>: ~Copyable {
    /// Processors fetch cache lines in pairs: elements that are padded to 128 bytes, because different
    /// threads write to neighbours, must also begin there.
    private static var alignment: Int { max(128, MemoryLayout<Element>.alignment) }

    private let base: UnsafeMutablePointer<Element>
    package let count: Int

    package init(count: Int, _ element: (Int) -> Element) {
        precondition(count >= 0)
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: Self.alignment)
        unsafe base = memory.bindMemory(to: Element.self, capacity: max(count, 1))
        self.count = count
        for index in 0..<count {
            unsafe (base + index).initialize(to: element(index))
        }
    }

    deinit {
        unsafe base.deinitialize(count: count)
        unsafe base.deallocate()
    }

    package subscript(index: Int) -> Element {
        unsafeAddress {
            precondition(index >= 0 && index < count)
            return unsafe UnsafePointer(base + index)
        }
        unsafeMutableAddress {
            precondition(index >= 0 && index < count)
            return unsafe base + index
        }
    }

    /// The element's address, stable for the array's life. Whoever writes through it must be the
    /// element's only user at that time.
    @unsafe
    package func address(of index: Int) -> UnsafeMutablePointer<Element> {
        precondition(index >= 0 && index < count)
        return unsafe base + index
    }
}

extension FixedArray: @unchecked Sendable where Element: Sendable & ~Copyable {}
