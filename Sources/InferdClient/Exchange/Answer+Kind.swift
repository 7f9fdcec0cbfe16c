/// The body a request's kind promises; any other breaks the protocol.
extension Answer where Value == ReplyBody {
    func forecast() throws(ClientError) -> Answer<Forecast> {
        guard case .predict(let forecast) = value else { throw Self.mismatch }
        return Answer<Forecast>(value: forecast, receipt: receipt, cache: cache)
    }

    func tensors() throws(ClientError) -> Answer<TensorAnswer> {
        guard case .infer(let tensors) = value else { throw Self.mismatch }
        return Answer<TensorAnswer>(value: tensors, receipt: receipt, cache: cache)
    }

    func models() throws(ClientError) -> [ModelDescription] {
        guard case .models(let models) = value else { throw Self.mismatch }
        return models
    }

    func statistics() throws(ClientError) -> ServerStatistics {
        guard case .stats(let statistics) = value else { throw Self.mismatch }
        return statistics
    }

    func introduction() throws(ClientError) -> ServerIntroduction {
        guard case .hello(let introduction) = value else { throw Self.mismatch }
        return introduction
    }

    func echo() throws(ClientError) -> [UInt8] {
        guard case .ping(let payload) = value else { throw Self.mismatch }
        return payload
    }

    func wasCancelled() throws(ClientError) -> Bool {
        guard case .cancel(let wasCancelled) = value else { throw Self.mismatch }
        return wasCancelled
    }

    private static var mismatch: ClientError { .protocolViolation("the answer is of another kind than the request") }
}
