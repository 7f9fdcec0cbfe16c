/// What a run of a model gave.
public struct TensorAnswer: Hashable, Sendable {
    /// The model that ran.
    public var model: String
    /// Its version.
    public var version: UInt64
    /// In the order asked for, or the model's.
    public var outputs: [Tensor]

    /// An answer from its parts.
    public init(model: String, version: UInt64, outputs: [Tensor]) {
        self.model = model
        self.version = version
        self.outputs = outputs
    }
}
