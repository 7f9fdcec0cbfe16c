import InferdBase

/// Forecasts in flight, oldest first, never more than the daemon reads at once: the deadline of one
/// more would run while it lies unread.
struct Pipeline {
    let client: Client
    let model: ModelSelector
    let options: RequestOptions
    private var inFlight: [Result<PendingAnswer, ClientError>] = []
    private var first = 0

    init(client: Client, model: ModelSelector, options: RequestOptions) {
        self.client = client
        self.model = model
        self.options = options
    }

    var isEmpty: Bool { first == inFlight.count }
    var isFull: Bool { inFlight.count - first == Limits.inFlightPerConnection }

    mutating func start(_ query: ForecastQuery) {
        inFlight.append(
            Result { () throws(ClientError) in try client.start(.predict(model, query), options: options) })
    }

    /// Waits for the oldest.
    mutating func next() async -> Result<Answer<Forecast>, ClientError> {
        let oldest = takeFirst()
        do throws(ClientError) {
            return .success(try await oldest.get().value.forecast())
        } catch {
            return .failure(error)
        }
    }

    /// Waits for the oldest, blocking the thread.
    mutating func blockingNext() -> Result<Answer<Forecast>, ClientError> {
        let oldest = takeFirst()
        return Result { () throws(ClientError) in try oldest.get().wait().forecast() }
    }

    private mutating func takeFirst() -> Result<PendingAnswer, ClientError> {
        defer {
            first += 1
            if first == Limits.inFlightPerConnection {
                inFlight.removeFirst(first)
                first = 0
            }
        }
        return inFlight[first]
    }
}
