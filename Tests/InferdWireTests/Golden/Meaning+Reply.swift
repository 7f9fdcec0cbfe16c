import InferdBase

@testable import InferdWire

/// How replies are read.
extension Meaning {
    /// What a client reads in `message`, a whole `Reply`.
    init(ofReply message: [UInt8]) throws {
        let reply = try ReplyMessage.decode(unsafe message.span.bytes)
        var builder = MeaningBuilder()
        builder.add("id", reply.id)
        builder.add("status", message: reply.error.map(Self.status))
        builder.add("receipt", message: reply.receipt.map(Self.receipt))
        if let outcome = reply.cache {
            var cache = MeaningBuilder()
            cache.add("outcome", outcome.wireName)
            cache.add("age_ms", reply.cacheAgeMilliseconds)
            builder.add("cache", message: cache.meaning)
        }
        switch reply.body {
        case .none: break
        case .hello(let hello): builder.add("hello", message: Self.hello(hello))
        case .predict(let predict): builder.add("predict", message: Self.predict(predict))
        case .infer(let model, let version, let outputs):
            var infer = MeaningBuilder()
            infer.add("model", model)
            infer.add("version", version)
            infer.add("outputs", outputs.map(Self.tensor))
            builder.add("infer", message: infer.meaning)
        case .models(let models):
            var list = MeaningBuilder()
            list.add("models", models.map(Self.model))
            builder.add("models", message: list.meaning)
        case .stats(let stats): builder.add("stats", message: Self.stats(stats))
        case .cancel(let cancelled):
            builder.add("cancel", message: .object(cancelled ? ["cancelled": .flag(true)] : [:]))
        case .ping(let payload):
            var ping = MeaningBuilder()
            ping.add("payload", bytes: payload)
            builder.add("ping", message: ping.meaning)
        case .goAway(let last):
            var goAway = MeaningBuilder()
            goAway.add("last_request", last)
            builder.add("goaway", message: goAway.meaning)
        }
        self = builder.meaning
    }

    /// A reply's meaning as a client takes it: what a later protocol may have added is read as the
    /// nearest that this one knows.
    var ofReplyAsRead: Meaning {
        let known = { (codes: Meaning?) in
            if case .text = codes { true } else { codes == nil }
        }
        let tensor = { (tensor: Meaning) in tensor.setting("type", .text(tensor.elementType.name.uppercased())) }
        return changing("status") { status in
            guard let code = status["code"] else { return nil }
            if case .text = code { return status }
            return status.setting("code", .text("INTERNAL"))
        }
        .changing("hello") { $0["limits"] == nil ? $0.setting("limits", .object([:])) : $0 }
        .changing("cache") { if case .text = $0["outcome"] { $0 } else { nil } }
        .changing("stats") { stats in
            stats.changing("replies") { replies in
                guard case .list(let counts) = replies else { return replies }
                let kept = counts.filter { known($0["code"]) }
                return kept.isEmpty ? nil : .list(kept)
            }
        }
        .changing("models") { models in
            models.changing("models") { list in
                list.mapping { model in
                    let state = model.text("state")
                    return model.setting("state", .text(state.isEmpty ? "LOADING" : state))
                        .changing("inputs") { $0.mapping(tensor) }.changing("outputs") { $0.mapping(tensor) }
                }
            }
        }
    }

    private static func status(_ error: RequestError) -> Meaning {
        var builder = MeaningBuilder()
        builder.add("code", error.code.name)
        builder.add("message", error.message)
        builder.add("field", error.field)
        builder.add("retry_after_ms", error.retryAfterMilliseconds)
        return builder.meaning
    }

    private static func receipt(_ receipt: ReceiptValues) -> Meaning {
        var builder = MeaningBuilder()
        builder.add("receive_us", receipt.receive)
        builder.add("queue_us", receipt.queue)
        builder.add("decode_us", receipt.decode)
        builder.add("precheck_us", receipt.precheck)
        builder.add("check_uniform_us", receipt.checkUniform)
        builder.add("prepare_frame_us", receipt.prepareFrame)
        builder.add("window_us", receipt.window)
        builder.add("model_us", receipt.model)
        builder.add("inverse_scale_us", receipt.inverseScale)
        builder.add("metrics_us", receipt.metrics)
        builder.add("serialize_us", receipt.serialize)
        builder.add("publish_us", receipt.publish)
        builder.add("total_us", receipt.total)
        builder.add("model_runs", receipt.modelRuns)
        builder.add("batch_rows", receipt.batchRows)
        builder.add("worker", receipt.worker)
        return builder.meaning
    }

    private static func hello(_ hello: HelloValues) -> Meaning {
        var limits = MeaningBuilder()
        limits.add("frame_bytes", hello.frameBytes)
        limits.add("in_flight_per_connection", hello.inFlightPerConnection)
        limits.add("history_points", hello.historyPoints)
        limits.add("channels", hello.channels)
        limits.add("horizon", hello.horizon)
        limits.add("quantiles", hello.quantiles)
        limits.add("default_timeout_ms", hello.defaultTimeoutMilliseconds)
        var builder = MeaningBuilder()
        builder.add("protocol_version", hello.protocolVersion)
        builder.add("server_version", hello.serverVersion)
        builder.add("limits", message: limits.meaning)
        return builder.meaning
    }

    private static func predict(_ predict: ForecastValues) -> Meaning {
        var builder = MeaningBuilder()
        builder.add("model", predict.model)
        builder.add("version", predict.version)
        builder.add("timestamps_us", predict.timestamps.map { Meaning($0) })
        builder.add("values", predict.values.map { Meaning($0) })
        builder.add(
            "quantiles",
            predict.quantiles.map { quantile in
                var builder = MeaningBuilder()
                builder.add("level", quantile.level)
                builder.add("values", quantile.values.map { Meaning($0) })
                return builder.meaning
            })
        if let metrics = predict.metrics {
            var builder2 = MeaningBuilder()
            builder2.add("mae", message: metrics.mae.map(metric))
            builder2.add("rmse", message: metrics.rmse.map(metric))
            builder2.add("mape", message: metrics.mape.map(metric))
            builder2.add("smape", message: metrics.smape.map(metric))
            builder2.add("mase", message: metrics.mase.map(metric))
            builder2.add("coverage", message: metrics.coverage.map(metric))
            builder.add("metrics", message: builder2.meaning)
        }
        builder.add("filled_points", predict.filledPoints)
        return builder.meaning
    }

    private static func metric(_ metric: MetricValue) -> Meaning {
        var builder = MeaningBuilder()
        builder.add("value", metric.value)
        builder.add("points", metric.points)
        return builder.meaning
    }

    private static func tensor(_ tensor: TensorValues) -> Meaning {
        var builder = MeaningBuilder()
        builder.add("name", tensor.name)
        builder.add("type", tensor.type.name.uppercased())
        builder.add("shape", tensor.shape.map { Meaning($0) })
        builder.add("data", bytes: tensor.data)
        return builder.meaning
    }
}

extension CacheOutcome {
    static let all: [CacheOutcome] = [.hit, .miss, .coalesced, .bypass]

    /// As `envelope.proto` names it.
    var wireName: String {
        switch self {
        case .hit: "HIT"
        case .miss: "MISS"
        case .coalesced: "COALESCED"
        case .bypass: "BYPASS"
        }
    }
}
