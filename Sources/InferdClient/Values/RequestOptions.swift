/// What a request asks of the daemon beside its body.
public struct RequestOptions: Hashable, Sendable {
    /// How long the caller waits, in whole milliseconds rounded up; at most an hour. nil: five
    /// seconds. The daemon is told and gives up by itself; the client waits `answerGrace` longer.
    public var timeout: Duration?
    /// W3C trace context, at most 128 bytes; empty: none.
    public var traceparent: String
    /// True: somebody waits for the answer. False: it may wait behind those.
    public var isInteractive: Bool
    /// What to do with cached answers.
    public var cache: CachePolicy
    /// Ask where the time went.
    public var wantsReceipt: Bool

    /// Options; the defaults are the daemon's.
    public init(
        timeout: Duration? = nil, traceparent: String = "", isInteractive: Bool = true,
        cache: CachePolicy = .useDefault, wantsReceipt: Bool = false
    ) {
        self.timeout = timeout
        self.traceparent = traceparent
        self.isInteractive = isInteractive
        self.cache = cache
        self.wantsReceipt = wantsReceipt
    }

    /// How long after a deadline the client still waits for the daemon's own word, which says more
    /// than a silence does.
    public static let answerGrace: Duration = .milliseconds(250)

    /// The deadline the daemon applies when none is named.
    public static let defaultTimeout: Duration = .seconds(5)

    /// The longest deadline the daemon accepts.
    public static let maximumTimeout: Duration = .seconds(3600)
}
