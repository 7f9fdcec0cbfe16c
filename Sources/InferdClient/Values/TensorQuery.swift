/// What a model is run on.
public struct TensorQuery: Hashable, Sendable {
    /// One for each input of the model, in any order.
    public var inputs: [Tensor]
    /// Outputs wanted; empty: all.
    public var outputs: [String]

    /// A query.
    public init(inputs: [Tensor], outputs: [String] = []) {
        self.inputs = inputs
        self.outputs = outputs
    }
}
