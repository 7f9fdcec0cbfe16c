package import InferdBase

/// A reply as a client reads it, with memory of its own.
package struct DecodedReply: Equatable, Sendable {
    package enum Body: Equatable, Sendable {
        case none
        case hello(HelloValues)
        case predict(ForecastValues)
        case infer(model: String, version: UInt64, outputs: [TensorValues])
        case models([ModelValues])
        case stats(StatsValues)
        case cancel(cancelled: Bool)
        case ping(payload: [UInt8])
        case goAway(lastRequest: UInt64)
    }

    /// 0: answers no request.
    package var id: UInt64 = 0
    /// nil: OK.
    package var error: RequestError?
    package var receipt: ReceiptValues?
    package var cache: CacheOutcome?
    package var cacheAgeMilliseconds: UInt32 = 0
    package var body = Body.none

    package init() {}
}
