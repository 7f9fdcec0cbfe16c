/// The answer to one request with what came beside it.
public struct Answer<Value: Sendable>: Sendable {
    /// What was asked for.
    public var value: Value
    /// Where the time went; nil: not asked for.
    public var receipt: Receipt?
    /// nil: the request had nothing to do with the cache.
    public var cache: CacheReport?

    /// An answer from its parts.
    public init(value: Value, receipt: Receipt? = nil, cache: CacheReport? = nil) {
        self.value = value
        self.receipt = receipt
        self.cache = cache
    }
}
