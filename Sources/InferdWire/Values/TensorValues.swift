package import InferdBase

/// A tensor with memory of its own.
package struct TensorValues: Equatable, Sendable {
    package var name: String
    package var type: ElementType
    package var shape: [Int64]
    /// Elements in row-major order, little-endian.
    package var data: [UInt8]

    package init(name: String, type: ElementType, shape: [Int64], data: [UInt8]) {
        self.name = name
        self.type = type
        self.shape = shape
        self.data = data
    }
}
