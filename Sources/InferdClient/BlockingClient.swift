/// A client's requests for callers that are threads: each call returns when its answer is there.
///
/// Several threads may share one. Not for `async` code, whose threads must not block.
public struct BlockingClient: Sendable {
    /// The client whose connection is used.
    public let client: Client

    /// Forecasts one series.
    public func predict(
        _ model: ModelSelector, _ query: ForecastQuery, options: RequestOptions = RequestOptions()
    ) throws(ClientError) -> Answer<Forecast> {
        try client.start(.predict(model, query), options: options).wait().forecast()
    }

    /// Forecasts many series at once, the outcomes in the order of the queries. The deadline is each
    /// request's own.
    public func predictMany(
        _ model: ModelSelector, _ queries: [ForecastQuery], options: RequestOptions = RequestOptions()
    ) -> [Result<Answer<Forecast>, ClientError>] {
        var outcomes: [Result<Answer<Forecast>, ClientError>] = []
        outcomes.reserveCapacity(queries.count)
        var pipeline = Pipeline(client: client, model: model, options: options)
        for query in queries {
            if pipeline.isFull { outcomes.append(pipeline.blockingNext()) }
            pipeline.start(query)
        }
        while !pipeline.isEmpty { outcomes.append(pipeline.blockingNext()) }
        return outcomes
    }

    /// Runs a model on tensors as they are.
    public func infer(
        _ model: ModelSelector, _ query: TensorQuery, options: RequestOptions = RequestOptions()
    ) throws(ClientError) -> Answer<TensorAnswer> {
        try client.start(.infer(model, query), options: options).wait().tensors()
    }

    /// Describes the models, ordered by name and version; `selector` nil: all of them.
    public func models(
        _ selector: ModelSelector? = nil, options: RequestOptions = RequestOptions()
    ) throws(ClientError) -> [ModelDescription] {
        try client.start(.models(selector), options: options).wait().models()
    }

    /// The daemon's counters.
    public func stats(options: RequestOptions = RequestOptions()) throws(ClientError) -> ServerStatistics {
        try client.start(.stats, options: options).wait().statistics()
    }

    /// Introduces the client; needed only where the daemon requires a token.
    public func hello(
        _ introduction: Introduction = Introduction(), options: RequestOptions = RequestOptions()
    ) throws(ClientError) -> ServerIntroduction {
        try client.start(.hello(introduction), options: options).wait().introduction()
    }

    /// Has the daemon echo `payload`, at most 65,536 bytes.
    public func ping(
        _ payload: [UInt8] = [], options: RequestOptions = RequestOptions()
    ) throws(ClientError) -> [UInt8] {
        try client.start(.ping(payload: payload), options: options).wait().echo()
    }

    /// Asks the daemon to drop a request of this client. True: it will be answered `cancelled`.
    public func cancel(
        _ id: RequestID, options: RequestOptions = RequestOptions()
    ) throws(ClientError) -> Bool {
        try client.start(.cancel(id), options: options).wait().wasCancelled()
    }
}
