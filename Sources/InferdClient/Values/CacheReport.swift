/// What the cache had to do with an answer.
public struct CacheReport: Hashable, Sendable {
    /// How the answer came about.
    public enum Outcome: Hashable, Sendable {
        /// Not stated, or by a name this version does not know.
        case unspecified
        /// From the cache.
        case hit
        /// Computed for this request.
        case miss
        /// Computed once together with an identical request in flight.
        case coalesced
        /// The cache was left aside, as asked.
        case bypass
    }

    /// How the answer came about.
    public var outcome: Outcome
    /// Milliseconds since it was computed; 0 unless it was a hit.
    public var ageMilliseconds: UInt32

    /// A report from its parts.
    public init(outcome: Outcome, ageMilliseconds: UInt32 = 0) {
        self.outcome = outcome
        self.ageMilliseconds = ageMilliseconds
    }
}
