package import InferdBase
package import InferdWire

/// What an answer depends on: the body's bytes, its kind, and the load of the model that answers. The
/// bytes themselves are compared where hashes are equal.
package struct CacheKey: Equatable, Sendable {
    package let hash: ContentHash
    package let kind: BodyKind
    /// Number of the model's load; grows with each, so that a reload makes older answers unreachable.
    package let generation: UInt64

    package init(kind: BodyKind, generation: UInt64, body: RawSpan, seed: UInt64) {
        hash = ContentHash(of: body, seed: seed)
        self.kind = kind
        self.generation = generation
    }

    package init(hash: ContentHash, kind: BodyKind, generation: UInt64) {
        self.hash = hash
        self.kind = kind
        self.generation = generation
    }
}
