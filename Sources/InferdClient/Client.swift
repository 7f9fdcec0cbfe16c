import InferdBase

/// A connection to an inference daemon.
///
/// Any task or thread may use it at any time: requests share the connection, any number of them at
/// once, and are answered as they are done. The daemon reads up to 64 before it has answered one. The
/// connection ends with the last reference; after an error that ends it, connect anew.
public final class Client: Sendable {
    private let connection: Connection

    /// Connects, blocking the calling thread for `timeout` at most. Throws `ClientError.unreachable`.
    public init(blockingTo address: ServerAddress, timeout: Duration = .seconds(2)) throws(ClientError) {
        let deadline = MonotonicTime.now().advanced(byNanoseconds: timeout.wholeNanoseconds)
        connection = try Connection.open(to: address, until: deadline)
    }

    /// Connects within `timeout`. Throws `ClientError.unreachable`.
    public static func connect(
        to address: ServerAddress, timeout: Duration = .seconds(2)
    ) async throws(ClientError) -> Client {
        let outcome: Result<Client, ClientError> = await withCheckedContinuation { continuation in
            do throws(SystemError) {
                try BackgroundThread.start(name: "inferd-connect") {
                    continuation.resume(
                        returning: Result { () throws(ClientError) in
                            try Client(blockingTo: address, timeout: timeout)
                        })
                }
            } catch {
                continuation.resume(returning: .failure(.unreachable(address: address, reason: error.reason)))
            }
        }
        return try outcome.get()
    }

    deinit {
        connection.close()
    }

    /// The same connection for callers that are threads, not tasks.
    public var blocking: BlockingClient { BlockingClient(client: self) }

    /// Puts a request on its way without waiting for anything. Throws `invalidRequest`, or what ended
    /// the connection. What is not sent yet is held in memory, so that a caller who starts requests
    /// faster than the daemon reads them should wait for some first.
    public func start(
        _ request: Request, options: RequestOptions = RequestOptions()
    ) throws(ClientError) -> PendingAnswer {
        try connection.start(request, options)
    }

    // MARK: Requests

    /// Forecasts one series.
    public func predict(
        _ model: ModelSelector, _ query: ForecastQuery, options: RequestOptions = RequestOptions()
    ) async throws(ClientError) -> Answer<Forecast> {
        try await start(.predict(model, query), options: options).value.forecast()
    }

    /// Forecasts many series at once, the outcomes in the order of the queries. The deadline is each
    /// request's own.
    public func predictMany(
        _ model: ModelSelector, _ queries: [ForecastQuery], options: RequestOptions = RequestOptions()
    ) async -> [Result<Answer<Forecast>, ClientError>] {
        var outcomes: [Result<Answer<Forecast>, ClientError>] = []
        outcomes.reserveCapacity(queries.count)
        var pipeline = Pipeline(client: self, model: model, options: options)
        for query in queries {
            if pipeline.isFull { outcomes.append(await pipeline.next()) }
            pipeline.start(query)
        }
        while !pipeline.isEmpty { outcomes.append(await pipeline.next()) }
        return outcomes
    }

    /// Runs a model on tensors as they are.
    public func infer(
        _ model: ModelSelector, _ query: TensorQuery, options: RequestOptions = RequestOptions()
    ) async throws(ClientError) -> Answer<TensorAnswer> {
        try await start(.infer(model, query), options: options).value.tensors()
    }

    /// Describes the models, ordered by name and version; `selector` nil: all of them.
    public func models(
        _ selector: ModelSelector? = nil, options: RequestOptions = RequestOptions()
    ) async throws(ClientError) -> [ModelDescription] {
        try await start(.models(selector), options: options).value.models()
    }

    /// The daemon's counters.
    public func stats(options: RequestOptions = RequestOptions()) async throws(ClientError) -> ServerStatistics {
        try await start(.stats, options: options).value.statistics()
    }

    /// Introduces the client; needed only where the daemon requires a token.
    public func hello(
        _ introduction: Introduction = Introduction(), options: RequestOptions = RequestOptions()
    ) async throws(ClientError) -> ServerIntroduction {
        try await start(.hello(introduction), options: options).value.introduction()
    }

    /// Has the daemon echo `payload`, at most 65,536 bytes.
    public func ping(
        _ payload: [UInt8] = [], options: RequestOptions = RequestOptions()
    ) async throws(ClientError) -> [UInt8] {
        try await start(.ping(payload: payload), options: options).value.echo()
    }

    /// Asks the daemon to drop a request of this client. True: it will be answered `cancelled`.
    public func cancel(
        _ id: RequestID, options: RequestOptions = RequestOptions()
    ) async throws(ClientError) -> Bool {
        try await start(.cancel(id), options: options).value.wasCancelled()
    }
}
