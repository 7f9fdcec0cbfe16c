/// A named run of values, oldest first.
public struct Channel: Hashable, Sendable {
    /// As the model's description gives it.
    public var name: String
    /// Finite values in the channel's own unit.
    public var values: [Double]

    /// A channel.
    public init(name: String, values: [Double]) {
        self.name = name
        self.values = values
    }
}
