/// Which model a request is for.
public struct ModelSelector: Hashable, Sendable {
    /// 1 to 64 of `[A-Za-z0-9_-]`; empty only where a request is about all models.
    public var name: String
    /// 0: the newest version that is ready.
    public var version: UInt64

    /// The model of that name.
    public init(_ name: String, version: UInt64 = 0) {
        self.name = name
        self.version = version
    }
}
