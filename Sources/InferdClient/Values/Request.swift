/// A request's body, with the model it is for where it needs one.
public enum Request: Sendable {
    /// Introduces the client; optional unless a token is required.
    case hello(Introduction)
    /// A forecast of one series.
    case predict(ModelSelector, ForecastQuery)
    /// One run of a model on tensors as they are.
    case infer(ModelSelector, TensorQuery)
    /// Descriptions of the models; nil: of all.
    case models(ModelSelector?)
    /// Counters since the daemon started.
    case stats
    /// Withdraws a request in flight on the same connection.
    case cancel(RequestID)
    /// Echoes up to 65,536 bytes.
    case ping(payload: [UInt8])
}
