import CInferdProto
import InferdBase

extension ReplyMessage {
    static func values(_ receipt: Inferd__V1__Receipt) -> ReceiptValues {
        var values = ReceiptValues()
        unsafe values.receive = receipt.receive_us
        unsafe values.queue = receipt.queue_us
        unsafe values.decode = receipt.decode_us
        unsafe values.precheck = receipt.precheck_us
        unsafe values.checkUniform = receipt.check_uniform_us
        unsafe values.prepareFrame = receipt.prepare_frame_us
        unsafe values.window = receipt.window_us
        unsafe values.model = receipt.model_us
        unsafe values.inverseScale = receipt.inverse_scale_us
        unsafe values.metrics = receipt.metrics_us
        unsafe values.serialize = receipt.serialize_us
        unsafe values.publish = receipt.publish_us
        unsafe values.total = receipt.total_us
        unsafe values.modelRuns = receipt.model_runs
        unsafe values.batchRows = receipt.batch_rows
        unsafe values.worker = receipt.worker
        return values
    }

    static func values(_ hello: Inferd__V1__HelloReply) -> HelloValues {
        var values = HelloValues()
        unsafe values.protocolVersion = hello.protocol_version
        unsafe values.serverVersion = text(hello.server_version)
        // Not told reads as 0, never as this build's own limits.
        let limits = unsafe hello.limits?.pointee ?? Inferd__V1__ServerLimits()
        unsafe values.frameBytes = limits.frame_bytes
        unsafe values.inFlightPerConnection = limits.in_flight_per_connection
        unsafe values.historyPoints = limits.history_points
        unsafe values.channels = limits.channels
        unsafe values.horizon = limits.horizon
        unsafe values.quantiles = limits.quantiles
        unsafe values.defaultTimeoutMilliseconds = limits.default_timeout_ms
        return values
    }

    static func values(_ predict: Inferd__V1__PredictReply) -> ForecastValues {
        var values = ForecastValues()
        unsafe values.model = text(predict.model)
        unsafe values.version = predict.version
        unsafe values.timestamps = Array(
            UnsafeBufferPointer(start: predict.timestamps_us, count: predict.n_timestamps_us))
        unsafe values.values = Array(UnsafeBufferPointer(start: predict.values, count: predict.n_values))
        unsafe values.quantiles = elements(predict.quantiles, predict.n_quantiles).map { quantile in
            unsafe ForecastValues.Quantile(
                level: quantile.level,
                values: Array(UnsafeBufferPointer(start: quantile.values, count: quantile.n_values)))
        }
        if let metrics = unsafe predict.metrics?.pointee {
            var decoded = MetricValues()
            unsafe decoded.mae = metric(metrics.mae)
            unsafe decoded.rmse = metric(metrics.rmse)
            unsafe decoded.mape = metric(metrics.mape)
            unsafe decoded.smape = metric(metrics.smape)
            unsafe decoded.mase = metric(metrics.mase)
            unsafe decoded.coverage = metric(metrics.coverage)
            values.metrics = decoded
        }
        unsafe values.filledPoints = predict.filled_points
        return values
    }

    private static func metric(_ metric: UnsafeMutablePointer<Inferd__V1__Metric>?) -> MetricValue? {
        guard let metric = unsafe metric?.pointee else { return nil }
        return unsafe MetricValue(value: metric.value, points: metric.points)
    }

    static func values(_ model: Inferd__V1__ModelDescription) -> ModelValues {
        var values = ModelValues()
        unsafe values.name = text(model.name)
        unsafe values.version = model.version
        values.state = unsafe ModelValues.State(rawValue: UInt32(model.state.rawValue)) ?? .loading
        unsafe values.error = text(model.error)
        unsafe values.generation = model.generation
        unsafe values.isDefault = model.is_default != 0
        unsafe values.inputs = elements(model.inputs, model.n_inputs).map { unsafe tensor($0) }
        unsafe values.outputs = elements(model.outputs, model.n_outputs).map { unsafe tensor($0) }
        if let forecast = unsafe model.forecast {
            values.forecast = unsafe self.values(forecast.pointee)
        }
        unsafe values.maximumBatch = model.max_batch
        unsafe values.modelBytes = model.model_bytes
        unsafe values.memoryBytes = model.memory_bytes
        unsafe values.stepCosts = elements(model.step_costs, model.n_step_costs).map { cost in
            unsafe ModelValues.StepCost(batch: cost.batch, microseconds: cost.microseconds)
        }
        return values
    }

    private static func tensor(_ tensor: Inferd__V1__TensorDescription) -> ModelValues.Tensor {
        unsafe ModelValues.Tensor(
            name: text(tensor.name), type: ElementType(rawValue: UInt32(tensor.type.rawValue)) ?? .string,
            shape: Array(UnsafeBufferPointer(start: tensor.shape, count: tensor.n_shape)))
    }

    private static func values(_ forecast: Inferd__V1__ForecastDescription) -> ModelValues.Forecast {
        var values = ModelValues.Forecast()
        unsafe values.target = text(forecast.target)
        unsafe values.unit = text(forecast.unit)
        unsafe values.step = text(forecast.step)
        unsafe values.timeZone = text(forecast.time_zone)
        unsafe values.window = forecast.window
        unsafe values.defaultHorizon = forecast.default_horizon
        unsafe values.maximumHorizon = forecast.max_horizon
        unsafe values.decodeMode = text(forecast.decode_mode)
        unsafe values.covariates = elements(forecast.covariates, forecast.n_covariates).map { covariate in
            unsafe ModelValues.Covariate(
                name: text(covariate.name), knownInFuture: covariate.known_in_future != 0)
        }
        unsafe values.quantiles = Array(
            UnsafeBufferPointer(start: forecast.quantiles, count: forecast.n_quantiles))
        unsafe values.gapPolicy = text(forecast.gap_policy)
        return values
    }

    static func values(_ stats: Inferd__V1__StatsReply) -> StatsValues {
        var values = StatsValues()
        unsafe values.uptimeMicroseconds = stats.uptime_us
        unsafe values.framesReceived = stats.frames_received
        unsafe values.replies = elements(stats.replies, stats.n_replies).compactMap { entry in
            guard let code = unsafe StatusCode(rawValue: UInt32(entry.code.rawValue)) else { return nil }
            return unsafe StatsValues.Replies(code: code, count: entry.count)
        }
        unsafe values.framesAbandoned = stats.frames_abandoned
        unsafe values.requestsInFlight = stats.requests_in_flight
        unsafe values.connectionsAccepted = stats.connections_accepted
        unsafe values.connectionsRefused = stats.connections_refused
        unsafe values.connectionsOpen = stats.connections_open
        unsafe values.bytesReceived = stats.bytes_received
        unsafe values.bytesSent = stats.bytes_sent
        unsafe values.workers = stats.workers
        unsafe values.workerBusyMicroseconds = stats.worker_busy_us
        unsafe values.models = elements(stats.models, stats.n_models).map { entry in
            var model = StatsValues.Model()
            unsafe model.name = text(entry.name)
            unsafe model.version = entry.version
            unsafe model.generation = entry.generation
            unsafe model.requests = entry.requests
            unsafe model.engineRuns = entry.engine_runs
            unsafe model.engineRows = entry.engine_rows
            unsafe model.engineMicroseconds = entry.engine_us
            unsafe model.queued = entry.queued
            unsafe model.active = entry.active
            return model
        }
        unsafe values.isDraining = stats.draining != 0
        unsafe values.isReady = stats.ready != 0
        if let cache = unsafe stats.cache?.pointee {
            unsafe values.cache = self.values(cache)
        }
        if let admission = unsafe stats.admission?.pointee {
            unsafe values.admission = self.values(admission)
        }
        unsafe values.inlineRuns = stats.inline_runs
        unsafe values.watchdogStops = stats.watchdog_stops
        unsafe values.stuckWorkers = stats.stuck_workers
        if let events = unsafe stats.events?.pointee {
            unsafe values.events = self.values(events)
        }
        unsafe values.accuracy = elements(stats.accuracy, stats.n_accuracy).map { unsafe self.values($0) }
        return values
    }

    private static func values(_ cache: Inferd__V1__CacheStats) -> StatsValues.Cache {
        var values = StatsValues.Cache()
        unsafe values.hits = cache.hits
        unsafe values.misses = cache.misses
        unsafe values.coalesced = cache.coalesced
        unsafe values.bypassed = cache.bypassed
        unsafe values.insertions = cache.insertions
        unsafe values.evictions = cache.evictions
        unsafe values.expirations = cache.expirations
        unsafe values.entries = cache.entries
        unsafe values.bytes = cache.bytes
        unsafe values.decidedAnew = cache.decided_anew
        return values
    }

    private static func values(_ events: Inferd__V1__EventStats) -> StatsValues.Events {
        var values = StatsValues.Events()
        unsafe values.committed = events.committed
        unsafe values.deduplicated = events.deduplicated
        unsafe values.droppedRingFull = events.dropped_ring_full
        unsafe values.droppedTooLarge = events.dropped_too_large
        unsafe values.rejected = events.rejected
        unsafe values.recovered = events.recovered
        unsafe values.published = events.published
        unsafe values.delivered = events.delivered
        unsafe values.replayed = events.replayed
        unsafe values.spooled = events.spooled
        unsafe values.deadLettered = events.dead_lettered
        unsafe values.deleted = events.deleted
        unsafe values.damaged = events.damaged
        unsafe values.pending = events.pending
        unsafe values.lagRecords = events.lag_records
        unsafe values.outages = events.outages
        unsafe values.rebuilds = events.rebuilds
        unsafe values.spoolBytes = events.spool_bytes
        unsafe values.droppedBySpool = events.dropped_by_spool
        unsafe values.lagSeconds = events.lag_seconds
        unsafe values.phase = text(events.phase)
        unsafe values.trouble = text(events.trouble)
        return values
    }

    private static func values(_ accuracy: Inferd__V1__AccuracyStats) -> StatsValues.Accuracy {
        var values = StatsValues.Accuracy()
        unsafe values.model = text(accuracy.model)
        unsafe values.version = accuracy.version
        unsafe values.horizonFrom = accuracy.horizon_from
        unsafe values.horizonTo = accuracy.horizon_to
        unsafe values.points = accuracy.points
        unsafe values.mae = accuracy.mae
        unsafe values.smape = accuracy.smape
        unsafe values.coveragePoints = accuracy.coverage_points
        unsafe values.coverage = accuracy.coverage
        return values
    }

    private static func values(_ admission: Inferd__V1__AdmissionStats) -> StatsValues.Admission {
        var values = StatsValues.Admission()
        unsafe values.expiredAtArrival = admission.expired_at_arrival
        unsafe values.expiredWaiting = admission.expired_waiting
        unsafe values.droppedAtFormation = admission.dropped_at_formation
        unsafe values.abandonedBetweenSteps = admission.abandoned_between_steps
        unsafe values.cancelled = admission.cancelled
        unsafe values.refusedQueue = admission.refused_queue
        unsafe values.refusedConcurrency = admission.refused_concurrency
        unsafe values.refusedDeadline = admission.refused_deadline
        unsafe values.refusedBytes = admission.refused_bytes
        unsafe values.refusedRecords = admission.refused_records
        return values
    }
}
