import InferdBase

@testable import InferdWire

/// How replies about the daemon itself are read.
extension Meaning {
    static func model(_ model: ModelValues) -> Meaning {
        var builder = MeaningBuilder()
        builder.add("name", model.name)
        builder.add("version", model.version)
        builder.add("state", model.state.wireName)
        builder.add("error", model.error)
        builder.add("generation", model.generation)
        builder.add("is_default", model.isDefault)
        builder.add("inputs", model.inputs.map(tensor))
        builder.add("outputs", model.outputs.map(tensor))
        builder.add("forecast", message: model.forecast.map(forecast))
        builder.add("max_batch", model.maximumBatch)
        builder.add("model_bytes", model.modelBytes)
        builder.add(
            "step_costs",
            model.stepCosts.map { cost in
                var builder = MeaningBuilder()
                builder.add("batch", cost.batch)
                builder.add("microseconds", cost.microseconds)
                return builder.meaning
            })
        return builder.meaning
    }

    private static func tensor(_ tensor: ModelValues.Tensor) -> Meaning {
        var builder = MeaningBuilder()
        builder.add("name", tensor.name)
        builder.add("type", tensor.type.name.uppercased())
        builder.add("shape", tensor.shape.map { Meaning($0) })
        return builder.meaning
    }

    private static func forecast(_ forecast: ModelValues.Forecast) -> Meaning {
        var builder = MeaningBuilder()
        builder.add("target", forecast.target)
        builder.add("unit", forecast.unit)
        builder.add("step", forecast.step)
        builder.add("time_zone", forecast.timeZone)
        builder.add("window", forecast.window)
        builder.add("default_horizon", forecast.defaultHorizon)
        builder.add("max_horizon", forecast.maximumHorizon)
        builder.add("decode_mode", forecast.decodeMode)
        builder.add(
            "covariates",
            forecast.covariates.map { covariate in
                var builder = MeaningBuilder()
                builder.add("name", covariate.name)
                builder.add("known_in_future", covariate.knownInFuture)
                return builder.meaning
            })
        builder.add("quantiles", forecast.quantiles.map { Meaning($0) })
        builder.add("gap_policy", forecast.gapPolicy)
        return builder.meaning
    }

    static func stats(_ stats: StatsValues) -> Meaning {
        var builder = MeaningBuilder()
        builder.add("uptime_us", stats.uptimeMicroseconds)
        builder.add("frames_received", stats.framesReceived)
        builder.add(
            "replies",
            stats.replies.map { replies in
                var builder = MeaningBuilder()
                builder.add("code", replies.code == .ok ? "" : replies.code.name)
                builder.add("count", replies.count)
                return builder.meaning
            })
        builder.add("frames_abandoned", stats.framesAbandoned)
        builder.add("requests_in_flight", stats.requestsInFlight)
        builder.add("connections_accepted", stats.connectionsAccepted)
        builder.add("connections_refused", stats.connectionsRefused)
        builder.add("connections_open", stats.connectionsOpen)
        builder.add("bytes_received", stats.bytesReceived)
        builder.add("bytes_sent", stats.bytesSent)
        builder.add("workers", stats.workers)
        builder.add("worker_busy_us", stats.workerBusyMicroseconds)
        builder.add(
            "models",
            stats.models.map { model in
                var builder = MeaningBuilder()
                builder.add("name", model.name)
                builder.add("version", model.version)
                builder.add("generation", model.generation)
                builder.add("requests", model.requests)
                builder.add("engine_runs", model.engineRuns)
                builder.add("engine_rows", model.engineRows)
                builder.add("engine_us", model.engineMicroseconds)
                builder.add("queued", model.queued)
                return builder.meaning
            })
        builder.add("draining", stats.isDraining)
        return builder.meaning
    }
}

extension ModelValues.State {
    static let all: [ModelValues.State] = [.loading, .ready, .failed, .retiring]

    /// As `control.proto` names it.
    var wireName: String {
        switch self {
        case .loading: "LOADING"
        case .ready: "READY"
        case .failed: "FAILED"
        case .retiring: "RETIRING"
        }
    }
}
