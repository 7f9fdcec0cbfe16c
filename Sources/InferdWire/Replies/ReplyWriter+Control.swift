import InferdBase

extension ReplyWriter {
    package mutating func writeModels(_ models: [ModelValues]) {
        let mark = bytes.beginMessage(BodyKind.models.rawValue)
        for model in models {
            let element = bytes.beginMessage(1)
            bytes.appendField(1, model.name)
            bytes.appendField(2, varint: model.version)
            bytes.appendField(3, model.state.rawValue)
            bytes.appendField(4, model.error)
            bytes.appendField(5, varint: model.generation)
            bytes.appendField(6, model.isDefault)
            writeTensors(7, model.inputs)
            writeTensors(8, model.outputs)
            if let forecast = model.forecast {
                writeForecastDescription(forecast)
            }
            bytes.appendField(10, model.maximumBatch)
            bytes.appendField(11, varint: model.modelBytes)
            for cost in model.stepCosts {
                let step = bytes.beginMessage(12)
                bytes.appendField(1, cost.batch)
                bytes.appendField(2, cost.microseconds)
                bytes.endMessage(step)
            }
            bytes.appendField(13, varint: model.memoryBytes)
            bytes.endMessage(element)
        }
        bytes.endMessage(mark)
    }

    private mutating func writeTensors(_ number: UInt32, _ tensors: [ModelValues.Tensor]) {
        for tensor in tensors {
            let mark = bytes.beginMessage(number)
            bytes.appendField(1, tensor.name)
            bytes.appendField(2, tensor.type.rawValue)
            bytes.appendField(3, varints: tensor.shape.span)
            bytes.endMessage(mark)
        }
    }

    private mutating func writeForecastDescription(_ forecast: ModelValues.Forecast) {
        let mark = bytes.beginMessage(9)
        bytes.appendField(1, forecast.target)
        bytes.appendField(2, forecast.unit)
        bytes.appendField(3, forecast.step)
        bytes.appendField(4, forecast.timeZone)
        bytes.appendField(5, forecast.window)
        bytes.appendField(6, forecast.defaultHorizon)
        bytes.appendField(7, forecast.maximumHorizon)
        bytes.appendField(8, forecast.decodeMode)
        for covariate in forecast.covariates {
            let element = bytes.beginMessage(9)
            bytes.appendField(1, covariate.name)
            bytes.appendField(2, covariate.knownInFuture)
            bytes.endMessage(element)
        }
        bytes.appendField(10, forecast.quantiles.span)
        bytes.appendField(11, forecast.gapPolicy)
        bytes.endMessage(mark)
    }

    package mutating func writeStats(_ stats: StatsValues) {
        let mark = bytes.beginMessage(BodyKind.stats.rawValue)
        bytes.appendField(1, varint: stats.uptimeMicroseconds)
        bytes.appendField(2, varint: stats.framesReceived)
        for replies in stats.replies {
            let element = bytes.beginMessage(3)
            bytes.appendField(1, replies.code.rawValue)
            bytes.appendField(2, varint: replies.count)
            bytes.endMessage(element)
        }
        bytes.appendField(4, varint: stats.framesAbandoned)
        bytes.appendField(5, varint: stats.requestsInFlight)
        bytes.appendField(6, varint: stats.connectionsAccepted)
        bytes.appendField(7, varint: stats.connectionsRefused)
        bytes.appendField(8, stats.connectionsOpen)
        bytes.appendField(9, varint: stats.bytesReceived)
        bytes.appendField(10, varint: stats.bytesSent)
        bytes.appendField(11, stats.workers)
        bytes.appendField(12, varint: stats.workerBusyMicroseconds)
        for model in stats.models {
            writeModelStats(model)
        }
        bytes.appendField(14, stats.isDraining)
        bytes.appendField(15, stats.isReady)
        if stats.cache != StatsValues.Cache() { writeCacheStats(stats.cache) }
        if stats.admission != StatsValues.Admission() { writeAdmissionStats(stats.admission) }
        bytes.appendField(18, varint: stats.inlineRuns)
        bytes.appendField(19, varint: stats.watchdogStops)
        bytes.appendField(20, stats.stuckWorkers)
        if let events = stats.events { writeEventStats(events) }
        for accuracy in stats.accuracy {
            writeAccuracyStats(accuracy)
        }
        bytes.endMessage(mark)
    }

    private mutating func writeCacheStats(_ cache: StatsValues.Cache) {
        let mark = bytes.beginMessage(16)
        bytes.appendField(1, varint: cache.hits)
        bytes.appendField(2, varint: cache.misses)
        bytes.appendField(3, varint: cache.coalesced)
        bytes.appendField(4, varint: cache.bypassed)
        bytes.appendField(5, varint: cache.insertions)
        bytes.appendField(6, varint: cache.evictions)
        bytes.appendField(7, varint: cache.expirations)
        bytes.appendField(8, varint: cache.entries)
        bytes.appendField(9, varint: cache.bytes)
        bytes.appendField(10, varint: cache.decidedAnew)
        bytes.endMessage(mark)
    }

    private mutating func writeAdmissionStats(_ admission: StatsValues.Admission) {
        let mark = bytes.beginMessage(17)
        bytes.appendField(1, varint: admission.expiredAtArrival)
        bytes.appendField(2, varint: admission.expiredWaiting)
        bytes.appendField(3, varint: admission.droppedAtFormation)
        bytes.appendField(4, varint: admission.abandonedBetweenSteps)
        bytes.appendField(5, varint: admission.cancelled)
        bytes.appendField(6, varint: admission.refusedQueue)
        bytes.appendField(7, varint: admission.refusedConcurrency)
        bytes.appendField(8, varint: admission.refusedDeadline)
        bytes.appendField(9, varint: admission.refusedBytes)
        bytes.appendField(10, varint: admission.refusedRecords)
        bytes.endMessage(mark)
    }

    private mutating func writeEventStats(_ events: StatsValues.Events) {
        let mark = bytes.beginMessage(21)
        bytes.appendField(1, varint: events.committed)
        bytes.appendField(2, varint: events.deduplicated)
        bytes.appendField(3, varint: events.droppedRingFull)
        bytes.appendField(4, varint: events.droppedTooLarge)
        bytes.appendField(5, varint: events.rejected)
        bytes.appendField(6, varint: events.recovered)
        bytes.appendField(7, varint: events.published)
        bytes.appendField(8, varint: events.delivered)
        bytes.appendField(9, varint: events.replayed)
        bytes.appendField(10, varint: events.spooled)
        bytes.appendField(11, varint: events.deadLettered)
        bytes.appendField(12, varint: events.deleted)
        bytes.appendField(13, varint: events.damaged)
        bytes.appendField(14, varint: events.pending)
        bytes.appendField(15, varint: events.lagRecords)
        bytes.appendField(16, varint: events.outages)
        bytes.appendField(17, varint: events.rebuilds)
        bytes.appendField(18, varint: events.spoolBytes)
        bytes.appendField(19, events.lagSeconds)
        bytes.appendField(20, events.phase)
        bytes.appendField(21, events.trouble)
        bytes.appendField(22, varint: events.droppedBySpool)
        bytes.endMessage(mark)
    }

    private mutating func writeAccuracyStats(_ accuracy: StatsValues.Accuracy) {
        let mark = bytes.beginMessage(22)
        bytes.appendField(1, accuracy.model)
        bytes.appendField(2, varint: accuracy.version)
        bytes.appendField(3, accuracy.horizonFrom)
        bytes.appendField(4, accuracy.horizonTo)
        bytes.appendField(5, varint: accuracy.points)
        bytes.appendField(6, accuracy.mae)
        bytes.appendField(7, accuracy.smape)
        bytes.appendField(8, varint: accuracy.coveragePoints)
        bytes.appendField(9, accuracy.coverage)
        bytes.endMessage(mark)
    }

    private mutating func writeModelStats(_ model: StatsValues.Model) {
        let mark = bytes.beginMessage(13)
        bytes.appendField(1, model.name)
        bytes.appendField(2, varint: model.version)
        bytes.appendField(3, varint: model.generation)
        bytes.appendField(4, varint: model.requests)
        bytes.appendField(5, varint: model.engineRuns)
        bytes.appendField(6, varint: model.engineRows)
        bytes.appendField(7, varint: model.engineMicroseconds)
        bytes.appendField(8, model.queued)
        bytes.appendField(9, model.active)
        bytes.endMessage(mark)
    }
}
