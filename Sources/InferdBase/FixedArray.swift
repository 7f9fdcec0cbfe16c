/// A heap array whose length never changes and whose elements never move, for elements that cannot
/// be copied (atomics, buffers) or are reached by several threads at fixed addresses.
///
/// Reading an element borrows it in place; no copy, no reference count. Indices are checked.
@safe
package struct FixedArray<Element: ~Copyable>: ~Copyable {
    private let base: UnsafeMutablePointer<Element>
    package let count: Int

    package init(count: Int, _ element: (Int) -> Element) {
        precondition(count >= 0)
        unsafe base = .allocate(capacity: max(count, 1))
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
