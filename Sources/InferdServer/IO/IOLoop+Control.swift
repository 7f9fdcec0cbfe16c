import InferdBase
import InferdEngine
import InferdForecast
import InferdModels
import InferdScheduler
import InferdWire
import Synchronization

/// Requests that need no model.
extension IOLoop {
    mutating func answerHello(_ slot: Int, _ id: UInt64, _ body: RawSpan) throws(RequestError) {
        let hello = try HelloMessage.decode(body, arena: &arena)
        connections[slot].acceptsCompressed = hello.acceptsCompressed
        var values = HelloValues()
        values.frameBytes = UInt64(core.configuration.frameBytes)
        connections[slot].output.beginFrame(id: id)
        connections[slot].output.writeHello(values)
        connections[slot].output.endFrame()
    }

    mutating func answerPing(_ slot: Int, _ id: UInt64, _ body: RawSpan) throws(RequestError) {
        let ping = try unsafe PingMessage.decode(body, arena: &arena)
        connections[slot].output.beginFrame(id: id)
        // The arena is not reset before the copy.
        unsafe connections[slot].output.writePing(payload: RawSpan(_unsafeBytes: ping.payload))
        connections[slot].output.endFrame()
    }

    /// Withdraws a request in flight: it is answered CANCELLED by us, or was answered already.
    mutating func answerCancel(_ slot: Int, _ id: UInt64, _ body: RawSpan) throws(RequestError) {
        let cancel = try CancelMessage.decode(body, arena: &arena)
        var isCancelled = false
        // From the last to the first, because one that leaves makes room for the last.
        for place in (0..<connections[slot].inFlight.count).reversed()
        where connections[slot].inFlight.id(at: place) == cancel.id {
            let index = connections[slot].inFlight.record(at: place)
            if core.pool.claim(index) {
                isCancelled = true
                counters.add(.cancelled)
                refuse(slot, id: cancel.id, RequestError(.cancelled, "the caller withdrew the request"))
                leave(index)
            }
        }
        connections[slot].output.beginFrame(id: id)
        connections[slot].output.writeCancel(cancelled: isCancelled)
        connections[slot].output.endFrame()
    }

    /// Describes the model that the envelope names, all of its versions, or every model.
    mutating func answerModels(_ slot: Int, _ envelope: Envelope, _ message: RawSpan) throws(RequestError) {
        try EmptyMessage.check(message.extracting(envelope.body), .models)
        let name = unsafe message.extracting(envelope.model).withUnsafeBytes { bytes in
            unsafe String(decoding: bytes, as: UTF8.self)
        }
        let entries = models.entries.filter { entry in
            (name.isEmpty || entry.name == name) && (envelope.version == 0 || entry.version == envelope.version)
        }
        if entries.isEmpty, !name.isEmpty || envelope.version != 0 {
            throw RequestError(.notFound, "no model of this name and version", field: "model")
        }
        connections[slot].output.beginFrame(id: envelope.id)
        connections[slot].output.writeModels(entries.map { ModelValues($0, core.slots) })
        connections[slot].output.endFrame()
    }

    mutating func answerStats(_ slot: Int, _ id: UInt64, _ body: RawSpan) throws(RequestError) {
        try EmptyMessage.check(body, .stats)
        connections[slot].output.beginFrame(id: id)
        connections[slot].output.writeStats(stats())
        connections[slot].output.endFrame()
    }
}

extension ModelValues {
    init(_ entry: ModelTable.Entry, _ slots: ModelSlots) {
        self.init()
        name = entry.name
        version = entry.version
        isDefault = entry.isDefault
        switch entry.state {
        case .failed(let reason):
            state = .failed
            error = reason
        case .ready(let place):
            let model = slots.model(place)
            state = .ready
            generation = model.generation
            inputs = model.signature.inputs.map(Tensor.init)
            outputs = model.signature.outputs.map(Tensor.init)
            forecast = model.description.map { Forecast($0.forecast) }
            maximumBatch = UInt32(model.maximumRows)
            modelBytes = UInt64(model.modelBytes)
            memoryBytes = UInt64(model.memoryBytes)
            stepCosts = model.costs.costs.map { StepCost(batch: UInt32($0.rows), microseconds: $0.microseconds) }
        }
    }
}

extension ModelValues.Tensor {
    fileprivate init(_ tensor: TensorSpecification) {
        self.init(name: tensor.name, type: tensor.type, shape: tensor.shape)
    }
}

extension ModelValues.Forecast {
    fileprivate init(_ specification: ForecastSpecification) {
        self.init()
        target = specification.targetName
        unit = specification.unit
        step = specification.step.text
        timeZone = specification.timeZone
        window = UInt32(specification.window)
        defaultHorizon = UInt32(specification.defaultHorizon)
        maximumHorizon = UInt32(specification.maximumHorizon)
        decodeMode = specification.decode.name
        covariates = specification.channels.dropFirst().map {
            ModelValues.Covariate(name: $0.name, knownInFuture: $0.isKnownInFuture)
        }
        quantiles = specification.quantiles
        gapPolicy = specification.gapPolicy.rawValue
    }
}
