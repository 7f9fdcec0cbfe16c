package import InferdBase

/// An input or output as a model declares it.
package struct TensorSpecification: Equatable, Sendable {
    package let name: String
    package let type: ElementType
    /// Extents, outermost first; -1: any.
    package let shape: [Int64]

    package init(name: String, type: ElementType, shape: [Int64]) {
        self.name = name
        self.type = type
        self.shape = shape
    }

    /// Type and shape for a message, for example `float32 [?, 48, 3]`.
    package var text: String {
        let extents = shape.map { $0 < 0 ? "?" : "\($0)" }.joined(separator: ", ")
        return "\(type.name) [\(extents)]"
    }
}

/// What goes into a model and what comes out, in the model's order.
package struct ModelSignature: Equatable, Sendable {
    package let inputs: [TensorSpecification]
    package let outputs: [TensorSpecification]

    package init(inputs: [TensorSpecification], outputs: [TensorSpecification]) {
        self.inputs = inputs
        self.outputs = outputs
    }
}
