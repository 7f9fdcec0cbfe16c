package import InferdBase

/// A tensor as the loaded model declares it, in plain values.
package struct TensorShape: Equatable, Sendable {
    package let name: String
    package let type: ElementType
    /// -1: any.
    package let shape: [Int64]

    package init(name: String, type: ElementType, shape: [Int64]) {
        self.name = name
        self.type = type
        self.shape = shape
    }

    var text: String {
        "\(type.name) [\(shape.map { $0 < 0 ? "?" : "\($0)" }.joined(separator: ", "))]"
    }
}
