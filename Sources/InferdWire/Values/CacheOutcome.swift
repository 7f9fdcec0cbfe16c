/// What the cache had to do with a reply. Raw values are those of `CacheOutcome` in `envelope.proto`.
package enum CacheOutcome: UInt32, Sendable {
    case hit = 1
    case miss = 2
    case coalesced = 3
    case bypass = 4
}
