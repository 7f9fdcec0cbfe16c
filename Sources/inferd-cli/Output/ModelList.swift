import InferdClient

/// Descriptions of models as text.
enum ModelList {
    static func table(_ models: [ModelDescription]) -> String {
        if models.isEmpty { return "no models\n" }
        var table = TextTable([
            ("model", .left), ("version", .right), ("state", .left), ("serves", .left), ("step", .left),
            ("window", .right), ("horizon", .left), ("channels or inputs", .left),
        ])
        var errors = ""
        for model in models {
            let version = "\(model.version)" + (model.isDefault ? "*" : "")
            let state = name(model.state)
            if let forecast = model.forecast {
                table.add([
                    model.name, version, state, "predict", forecast.step, "\(forecast.window)",
                    "\(forecast.defaultHorizon) (up to \(forecast.maximumHorizon))", channels(forecast),
                ])
            } else {
                let inputs = model.inputs.map(tensor).joined(separator: ", ")
                table.add([model.name, version, state, inputs.isEmpty ? "" : "infer", "", "", "", inputs])
            }
            if !model.error.isEmpty { errors += "\(model.name) version \(model.version): \(model.error)\n" }
        }
        let note = models.contains(where: \.isDefault) ? "* the version that requests without one go to\n" : ""
        return table.text() + note + errors + loads(models)
    }

    /// What each load takes: memory, and time by the number of rows that share a run.
    private static func loads(_ models: [ModelDescription]) -> String {
        var table = TextTable([
            ("model", .left), ("version", .right), ("generation", .right), ("memory", .right), ("max batch", .right),
            ("us a run, by batch", .left),
        ])
        let loaded = models.filter { $0.generation > 0 }
        if loaded.isEmpty { return "" }
        for model in loaded {
            let costs = model.stepCosts.map { "\($0.batch): \(Numbers.significant($0.microseconds, digits: 3))" }
            table.add([
                model.name, "\(model.version)", "\(model.generation)", "\(model.memoryBytes >> 10) KiB",
                "\(model.maximumBatch)", costs.joined(separator: ", "),
            ])
        }
        return "\n" + table.text()
    }

    private static func channels(_ forecast: ForecastDescription) -> String {
        let target = forecast.unit.isEmpty ? forecast.target : "\(forecast.target) (\(forecast.unit))"
        let covariates = forecast.covariates.map { $0.isKnownInFuture ? "\($0.name) (known ahead)" : $0.name }
        return ([target] + covariates).joined(separator: ", ")
    }

    /// For example `x float32 [?, 48, 5]`.
    static func tensor(_ tensor: ModelDescription.TensorDescription) -> String {
        let extents = tensor.shape.map { $0 < 0 ? "?" : "\($0)" }.joined(separator: ", ")
        return "\(tensor.name) \(tensor.type?.displayName ?? "unknown") [\(extents)]"
    }

    private static func name(_ state: ModelDescription.State) -> String {
        switch state {
        case .unspecified: "unknown"
        case .loading: "loading"
        case .ready: "ready"
        case .failed: "failed"
        case .retiring: "retiring"
        }
    }

    static func json(_ models: [ModelDescription]) -> JSONValue {
        .object([("models", .array(models.map(json)))])
    }

    private static func json(_ model: ModelDescription) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("name", .string(model.name)), ("version", .unsigned(model.version)), ("state", .string(name(model.state))),
            ("is_default", .bool(model.isDefault)), ("generation", .unsigned(model.generation)),
            ("max_batch", .unsigned(UInt64(model.maximumBatch))), ("model_bytes", .unsigned(model.modelBytes)),
            ("memory_bytes", .unsigned(model.memoryBytes)),
            ("inputs", .array(model.inputs.map(json))), ("outputs", .array(model.outputs.map(json))),
        ]
        if !model.error.isEmpty { members.append(("error", .string(model.error))) }
        if let forecast = model.forecast { members.append(("forecast", json(forecast))) }
        let costs = model.stepCosts.map {
            JSONValue.object([("batch", .unsigned(UInt64($0.batch))), ("us", .float(Float($0.microseconds)))])
        }
        members.append(("step_costs", .array(costs)))
        return .object(members)
    }

    private static func json(_ tensor: ModelDescription.TensorDescription) -> JSONValue {
        .object([
            ("name", .string(tensor.name)), ("type", tensor.type.map { .string($0.displayName) } ?? .null),
            ("shape", .array(tensor.shape.map { .integer($0) })),
        ])
    }

    private static func json(_ forecast: ForecastDescription) -> JSONValue {
        .object([
            ("target", .string(forecast.target)), ("unit", .string(forecast.unit)), ("step", .string(forecast.step)),
            ("time_zone", .string(forecast.timeZone)), ("window", .unsigned(UInt64(forecast.window))),
            ("default_horizon", .unsigned(UInt64(forecast.defaultHorizon))),
            ("max_horizon", .unsigned(UInt64(forecast.maximumHorizon))), ("decode_mode", .string(forecast.decodeMode)),
            (
                "covariates",
                .array(
                    forecast.covariates.map {
                        .object([("name", .string($0.name)), ("known_in_future", .bool($0.isKnownInFuture))])
                    })
            ),
            ("quantiles", .array(forecast.quantiles.map { .number($0) })), ("gap_policy", .string(forecast.gapPolicy)),
        ])
    }
}
