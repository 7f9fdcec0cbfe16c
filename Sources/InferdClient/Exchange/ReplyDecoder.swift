import InferdBase
import InferdWire

/// Reads replies into the client's own types.
enum ReplyDecoder {
    /// Throws `protocolViolation` when the bytes are no reply.
    static func decode(_ message: RawSpan) throws(ClientError) -> DecodedAnswer {
        let reply: DecodedReply
        do throws(RequestError) {
            reply = try ReplyMessage.decode(message)
        } catch {
            throw .protocolViolation("\(error.message)")
        }
        var answer = DecodedAnswer(id: reply.id)
        answer.refusal = reply.error.map(refusal)
        answer.receipt = reply.receipt.map(receipt)
        answer.cache = reply.cache.map {
            CacheReport(outcome: outcome($0), ageMilliseconds: reply.cacheAgeMilliseconds)
        }
        switch reply.body {
        case .none: break
        case .hello(let values): answer.body = .hello(introduction(values))
        case .predict(let values): answer.body = .predict(forecast(values))
        case .infer(let model, let version, let outputs):
            answer.body = .infer(TensorAnswer(model: model, version: version, outputs: outputs.map(tensor)))
        case .models(let models): answer.body = .models(models.map(ModelDescription.init))
        case .stats(let values): answer.body = .stats(ServerStatistics(values))
        case .cancel(let wasCancelled): answer.body = .cancel(wasCancelled: wasCancelled)
        case .ping(let payload): answer.body = .ping(payload: payload)
        case .goAway(let lastRequest): answer.lastRequestRead = lastRequest
        }
        return answer
    }

    private static func refusal(_ error: RequestError) -> Refusal {
        Refusal(
            code: RefusalCode(number: error.code.rawValue), message: error.message, field: error.field,
            retryAfter: .milliseconds(Int64(error.retryAfterMilliseconds)))
    }

    private static func outcome(_ outcome: CacheOutcome) -> CacheReport.Outcome {
        switch outcome {
        case .hit: .hit
        case .miss: .miss
        case .coalesced: .coalesced
        case .bypass: .bypass
        }
    }

    private static func receipt(_ values: ReceiptValues) -> Receipt {
        var receipt = Receipt()
        receipt.receive = values.receive
        receipt.queue = values.queue
        receipt.decode = values.decode
        receipt.precheck = values.precheck
        receipt.checkUniform = values.checkUniform
        receipt.prepareFrame = values.prepareFrame
        receipt.window = values.window
        receipt.model = values.model
        receipt.inverseScale = values.inverseScale
        receipt.metrics = values.metrics
        receipt.serialize = values.serialize
        receipt.publish = values.publish
        receipt.total = values.total
        receipt.modelRuns = values.modelRuns
        receipt.batchRows = values.batchRows
        receipt.worker = values.worker
        return receipt
    }

    private static func introduction(_ values: HelloValues) -> ServerIntroduction {
        var limits = ServerLimits()
        limits.frameBytes = values.frameBytes
        limits.inFlightPerConnection = values.inFlightPerConnection
        limits.historyPoints = values.historyPoints
        limits.channels = values.channels
        limits.horizon = values.horizon
        limits.quantiles = values.quantiles
        limits.defaultTimeoutMilliseconds = values.defaultTimeoutMilliseconds
        return ServerIntroduction(
            protocolVersion: values.protocolVersion, serverVersion: values.serverVersion, limits: limits)
    }

    private static func forecast(_ values: ForecastValues) -> Forecast {
        var forecast = Forecast(
            model: values.model, version: values.version, timestamps: values.timestamps, values: values.values)
        forecast.quantiles = values.quantiles.map { QuantileForecast(level: $0.level, values: $0.values) }
        if let metrics = values.metrics {
            forecast.metrics = ForecastMetrics(
                mae: metric(metrics.mae), rmse: metric(metrics.rmse), mape: metric(metrics.mape),
                smape: metric(metrics.smape), mase: metric(metrics.mase), coverage: metric(metrics.coverage))
        }
        forecast.filledPoints = values.filledPoints
        return forecast
    }

    private static func metric(_ value: MetricValue?) -> ForecastMetric? {
        value.map { ForecastMetric(value: $0.value, points: $0.points) }
    }

    private static func tensor(_ values: TensorValues) -> Tensor {
        Tensor(name: values.name, type: TensorType(values.type), shape: values.shape, data: values.data)
    }
}

extension TensorType {
    init(_ type: ElementType) {
        self =
            switch type {
            case .float32: .float32
            case .float64: .float64
            case .int32: .int32
            case .int64: .int64
            case .bool: .bool
            case .string: .string
            }
    }
}
