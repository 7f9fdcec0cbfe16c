import InferdBase

@testable import InferdWire

extension ReplyWriter {
    /// The message that says `meaning`, without its frame; its parts in the order of their numbers, as
    /// Google's encoder has them.
    static func message(_ meaning: Meaning) throws -> [UInt8] {
        var writer = ReplyWriter()
        writer.beginFrame(id: meaning.unsigned("id"))
        if let status = meaning["status"] {
            writer.writeStatus(
                RequestError(
                    status.statusCode, status.text("message"), field: status.text("field"),
                    retryAfterMilliseconds: status.unsigned32("retry_after_ms")))
        }
        if let receipt = meaning["receipt"] { writer.writeReceipt(values(receipt)) }
        if let cache = meaning["cache"] {
            let outcome = CacheOutcome.all.first { $0.wireName == cache.text("outcome") }
            writer.writeCache(outcome ?? .miss, ageMilliseconds: cache.unsigned32("age_ms"))
        }
        writer.writeBody(meaning)
        writer.endFrame()
        return messages(in: writer.bytes)[0]
    }

    private mutating func writeBody(_ meaning: Meaning) {
        if let hello = meaning["hello"] {
            writeHello(Self.hello(hello))
        } else if let predict = meaning["predict"] {
            writePredict(predict)
        } else if let infer = meaning["infer"] {
            writeInfer(infer)
        } else if let models = meaning["models"] {
            writeModels(models.list("models").map(Self.model))
        } else if let stats = meaning["stats"] {
            writeStats(Self.stats(stats))
        } else if let cancel = meaning["cancel"] {
            writeCancel(cancelled: cancel.flag("cancelled"))
        } else if let ping = meaning["ping"] {
            let payload = ping.bytes("payload")
            unsafe writePing(payload: payload.span.bytes)
        } else if let goAway = meaning["goaway"] {
            writeGoAway(lastRequest: goAway.unsigned("last_request"))
        }
    }

    private mutating func writePredict(_ predict: Meaning) {
        let name = Array(predict.text("model").utf8)
        let times = predict.integers("timestamps_us")
        let quantiles = predict.list("quantiles")
        let levels = quantiles.map { $0.number("level") }
        let quantileValues = quantiles.flatMap { $0.numbers("values") }
        let metrics = predict["metrics"].map { metrics in
            var values = MetricValues()
            values.mae = Self.metric(metrics["mae"])
            values.rmse = Self.metric(metrics["rmse"])
            values.mape = Self.metric(metrics["mape"])
            values.smape = Self.metric(metrics["smape"])
            values.mase = Self.metric(metrics["mase"])
            values.coverage = Self.metric(metrics["coverage"])
            return values
        }
        unsafe writePredict(
            model: name.span.bytes, version: predict.unsigned("version"), timestamps: times.span,
            values: predict.numbers("values").span, quantileLevels: levels.span,
            quantileValues: quantileValues.span, metrics: metrics, filledPoints: predict.unsigned32("filled_points"))
    }

    private static func metric(_ metric: Meaning?) -> MetricValue? {
        metric.map { MetricValue(value: $0.number("value"), points: $0.unsigned32("points")) }
    }

    private mutating func writeInfer(_ infer: Meaning) {
        let name = Array(infer.text("model").utf8)
        let body = unsafe beginInfer(model: name.span.bytes, version: infer.unsigned("version"), expectedBytes: 100)
        for output in infer.list("outputs").map(\.tensorValues) {
            unsafe writeInferOutput(
                name: output.name, type: output.type, shape: output.shape.span, data: output.data.span.bytes)
        }
        endInfer(body)
    }

    private static func values(_ receipt: Meaning) -> ReceiptValues {
        var values = ReceiptValues()
        values.receive = Float(receipt.number("receive_us"))
        values.queue = Float(receipt.number("queue_us"))
        values.decode = Float(receipt.number("decode_us"))
        values.precheck = Float(receipt.number("precheck_us"))
        values.checkUniform = Float(receipt.number("check_uniform_us"))
        values.prepareFrame = Float(receipt.number("prepare_frame_us"))
        values.window = Float(receipt.number("window_us"))
        values.model = Float(receipt.number("model_us"))
        values.inverseScale = Float(receipt.number("inverse_scale_us"))
        values.metrics = Float(receipt.number("metrics_us"))
        values.serialize = Float(receipt.number("serialize_us"))
        values.publish = Float(receipt.number("publish_us"))
        values.total = Float(receipt.number("total_us"))
        values.modelRuns = receipt.unsigned32("model_runs")
        values.batchRows = receipt.unsigned32("batch_rows")
        values.worker = receipt.unsigned32("worker")
        return values
    }

    private static func hello(_ hello: Meaning) -> HelloValues {
        let limits = hello["limits"] ?? .object([:])
        var values = HelloValues()
        values.protocolVersion = hello.unsigned32("protocol_version")
        values.serverVersion = hello.text("server_version")
        values.frameBytes = limits.unsigned("frame_bytes")
        values.inFlightPerConnection = limits.unsigned32("in_flight_per_connection")
        values.historyPoints = limits.unsigned32("history_points")
        values.channels = limits.unsigned32("channels")
        values.horizon = limits.unsigned32("horizon")
        values.quantiles = limits.unsigned32("quantiles")
        values.defaultTimeoutMilliseconds = limits.unsigned32("default_timeout_ms")
        return values
    }

    private static func model(_ model: Meaning) -> ModelValues {
        var values = ModelValues()
        values.name = model.text("name")
        values.version = model.unsigned("version")
        values.state = ModelValues.State.all.first { $0.wireName == model.text("state") } ?? .loading
        values.error = model.text("error")
        values.generation = model.unsigned("generation")
        values.isDefault = model.flag("is_default")
        values.inputs = model.list("inputs").map(tensor)
        values.outputs = model.list("outputs").map(tensor)
        values.forecast = model["forecast"].map(forecast)
        values.maximumBatch = model.unsigned32("max_batch")
        values.modelBytes = model.unsigned("model_bytes")
        values.stepCosts = model.list("step_costs").map {
            ModelValues.StepCost(batch: $0.unsigned32("batch"), microseconds: $0.number("microseconds"))
        }
        return values
    }

    private static func tensor(_ tensor: Meaning) -> ModelValues.Tensor {
        ModelValues.Tensor(name: tensor.text("name"), type: tensor.elementType, shape: tensor.integers("shape"))
    }

    private static func forecast(_ forecast: Meaning) -> ModelValues.Forecast {
        var values = ModelValues.Forecast()
        values.target = forecast.text("target")
        values.unit = forecast.text("unit")
        values.step = forecast.text("step")
        values.timeZone = forecast.text("time_zone")
        values.window = forecast.unsigned32("window")
        values.defaultHorizon = forecast.unsigned32("default_horizon")
        values.maximumHorizon = forecast.unsigned32("max_horizon")
        values.decodeMode = forecast.text("decode_mode")
        values.covariates = forecast.list("covariates").map {
            ModelValues.Covariate(name: $0.text("name"), knownInFuture: $0.flag("known_in_future"))
        }
        values.quantiles = forecast.numbers("quantiles")
        values.gapPolicy = forecast.text("gap_policy")
        return values
    }

    private static func stats(_ stats: Meaning) -> StatsValues {
        var values = StatsValues()
        values.uptimeMicroseconds = stats.unsigned("uptime_us")
        values.framesReceived = stats.unsigned("frames_received")
        values.replies = stats.list("replies").map {
            StatsValues.Replies(code: $0.statusCode, count: $0.unsigned("count"))
        }
        values.framesAbandoned = stats.unsigned("frames_abandoned")
        values.requestsInFlight = stats.unsigned("requests_in_flight")
        values.connectionsAccepted = stats.unsigned("connections_accepted")
        values.connectionsRefused = stats.unsigned("connections_refused")
        values.connectionsOpen = stats.unsigned32("connections_open")
        values.bytesReceived = stats.unsigned("bytes_received")
        values.bytesSent = stats.unsigned("bytes_sent")
        values.workers = stats.unsigned32("workers")
        values.workerBusyMicroseconds = stats.unsigned("worker_busy_us")
        values.models = stats.list("models").map { model in
            var values = StatsValues.Model()
            values.name = model.text("name")
            values.version = model.unsigned("version")
            values.generation = model.unsigned("generation")
            values.requests = model.unsigned("requests")
            values.engineRuns = model.unsigned("engine_runs")
            values.engineRows = model.unsigned("engine_rows")
            values.engineMicroseconds = model.unsigned("engine_us")
            values.queued = model.unsigned32("queued")
            return values
        }
        values.isDraining = stats.flag("draining")
        return values
    }
}

extension Meaning {
    fileprivate var statusCode: StatusCode {
        StatusCode.allCases.first { $0.name == text("code") } ?? .ok
    }
}
