@testable import InferdEngine

/// A tensor's memory, which stays where it is.
@safe
final class TensorBuffer {
    let address: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int) {
        self.byteCount = byteCount
        unsafe address = .allocate(byteCount: max(byteCount, 1), alignment: 64)
        unsafe address.initializeMemory(as: UInt8.self, repeating: 0xFF, count: byteCount)
    }

    convenience init<Element: BitwiseCopyable>(_ values: [Element]) {
        self.init(byteCount: values.count * MemoryLayout<Element>.stride)
        write(values)
    }

    deinit {
        unsafe address.deallocate()
    }

    func write<Element: BitwiseCopyable>(_ values: [Element]) {
        precondition(values.count * MemoryLayout<Element>.stride <= byteCount)
        for (index, value) in values.enumerated() {
            unsafe address.storeBytes(of: value, toByteOffset: index * MemoryLayout<Element>.stride, as: Element.self)
        }
    }

    func values<Element: BitwiseCopyable>(as type: Element.Type = Element.self) -> [Element] {
        (0..<byteCount / MemoryLayout<Element>.stride).map {
            unsafe address.load(fromByteOffset: $0 * MemoryLayout<Element>.stride, as: type)
        }
    }
}
