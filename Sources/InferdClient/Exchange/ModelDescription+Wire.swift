import InferdWire

extension ModelDescription {
    init(_ values: ModelValues) {
        self.init(name: values.name, version: values.version, state: State(values.state))
        error = values.error
        generation = values.generation
        isDefault = values.isDefault
        inputs = values.inputs.map(Self.tensor)
        outputs = values.outputs.map(Self.tensor)
        forecast = values.forecast.map(ForecastDescription.init)
        maximumBatch = values.maximumBatch
        modelBytes = values.modelBytes
        memoryBytes = values.memoryBytes
        stepCosts = values.stepCosts.map { StepCost(batch: $0.batch, microseconds: $0.microseconds) }
    }

    private static func tensor(_ values: ModelValues.Tensor) -> TensorDescription {
        TensorDescription(name: values.name, type: TensorType(values.type), shape: values.shape)
    }
}

extension ModelDescription.State {
    fileprivate init(_ state: ModelValues.State) {
        self =
            switch state {
            case .loading: .loading
            case .ready: .ready
            case .failed: .failed
            case .retiring: .retiring
            }
    }
}

extension ForecastDescription {
    fileprivate init(_ values: ModelValues.Forecast) {
        self.init(target: values.target, step: values.step, timeZone: values.timeZone)
        unit = values.unit
        window = values.window
        defaultHorizon = values.defaultHorizon
        maximumHorizon = values.maximumHorizon
        decodeMode = values.decodeMode
        covariates = values.covariates.map { Covariate(name: $0.name, isKnownInFuture: $0.knownInFuture) }
        quantiles = values.quantiles
        gapPolicy = values.gapPolicy
    }
}
