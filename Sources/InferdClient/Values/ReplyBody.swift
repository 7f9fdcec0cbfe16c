/// A reply's body, by kind.
public enum ReplyBody: Sendable {
    /// The daemon's version and limits.
    case hello(ServerIntroduction)
    /// A forecast.
    case predict(Forecast)
    /// A model's outputs.
    case infer(TensorAnswer)
    /// Descriptions of models.
    case models([ModelDescription])
    /// Counters.
    case stats(ServerStatistics)
    /// Whether the request named was withdrawn.
    case cancel(wasCancelled: Bool)
    /// The payload of the ping.
    case ping(payload: [UInt8])
}
