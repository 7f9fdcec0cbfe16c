/// What to do with cached answers.
public enum CachePolicy: Hashable, Sendable {
    /// Accept what the model's time to live allows.
    case useDefault
    /// Accept an answer at most this old, counted in milliseconds; must be at least one.
    case maximumAge(milliseconds: UInt32)
    /// Neither read nor fill the cache.
    case bypass
    /// Compute anew and put the answer in the cache.
    case refresh
}
