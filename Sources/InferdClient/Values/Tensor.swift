/// A named tensor, its elements in row-major order, little-endian, without padding.
public struct Tensor: Hashable, Sendable {
    /// As the model declares it.
    public var name: String
    /// Type of the elements.
    public var type: TensorType
    /// Extents, outermost first; empty: a scalar.
    public var shape: [Int64]
    /// The elements' bytes: the product of the extents times the element's size.
    public var data: [UInt8]

    /// A tensor from its parts; the daemon checks that they fit.
    public init(name: String, type: TensorType, shape: [Int64], data: [UInt8]) {
        self.name = name
        self.type = type
        self.shape = shape
        self.data = data
    }
}
