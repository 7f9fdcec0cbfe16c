/// How a model forecasts.
public struct ForecastDescription: Hashable, Sendable {
    /// A channel beside the target.
    public struct Covariate: Hashable, Sendable {
        /// The channel's name.
        public var name: String
        /// The request's `future` must hold it.
        public var isKnownInFuture: Bool

        /// A covariate from its parts.
        public init(name: String, isKnownInFuture: Bool) {
            self.name = name
            self.isKnownInFuture = isKnownInFuture
        }
    }

    /// Name of the channel that is forecast.
    public var target: String
    /// Unit of the target; empty: not stated.
    public var unit: String = ""
    /// Step between points, for example `1h`.
    public var step: String
    /// IANA name of the zone calendar features are taken in.
    public var timeZone: String
    /// Points of history the model reads; a request needs at least as many.
    public var window: UInt32 = 0
    /// Steps forecast when a request names none.
    public var defaultHorizon: UInt32 = 0
    /// Greatest number of steps.
    public var maximumHorizon: UInt32 = 0
    /// `direct`, `autoregressive` or `stateful`.
    public var decodeMode: String = ""
    /// Channels beside the target.
    public var covariates: [Covariate] = []
    /// Levels the model forecasts, rising; empty: none.
    public var quantiles: [Double] = []
    /// `reject`, `ffill` or `interpolate`.
    public var gapPolicy: String = ""

    /// A description with the rest left at what absence means.
    public init(target: String, step: String, timeZone: String) {
        self.target = target
        self.step = step
        self.timeZone = timeZone
    }
}
