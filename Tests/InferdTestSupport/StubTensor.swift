package import InferdBase

/// A tensor as a stub's script reads and writes it.
package struct StubTensor: Equatable, Sendable {
    package var type: ElementType
    package var shape: [Int64]
    /// Elements in row-major order, in the machine's byte order.
    package var bytes: [UInt8]

    package init(type: ElementType, shape: [Int64], bytes: [UInt8]) {
        self.type = type
        self.shape = shape
        self.bytes = bytes
    }

    /// A float32 tensor.
    package init(shape: [Int64], floats: [Float]) {
        precondition(shape.reduce(1, *) == floats.count)
        type = .float32
        self.shape = shape
        bytes = unsafe floats.withUnsafeBytes { unsafe Array($0) }
    }

    /// The elements of a float32 tensor.
    package var floats: [Float] {
        precondition(type == .float32)
        return unsafe bytes.withUnsafeBytes { source in
            (0..<source.count / 4).map { unsafe source.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
        }
    }

    /// Extent of the first axis; 1 for a scalar.
    package var rows: Int { Int(shape.first ?? 1) }
}
