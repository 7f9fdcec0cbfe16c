import InferdBase
import InferdForecast

extension BundleDescription {
    private enum Task: String, CaseIterable {
        case forecast
    }

    private enum Mode: String, CaseIterable {
        case direct, autoregressive, stateful
    }

    private enum Knowledge: String, CaseIterable {
        case future, past
    }

    /// Reads the content of `model.yaml`.
    init(yaml: String) throws(BundleError) {
        var file = try YAMLReader(file: Bundle.descriptionName, text: yaml)
        let format = try file.integer("format")
        guard format == 1 else { throw file.failure("format", "expected 1, found \(format)") }
        _ = try file.choice("task", Task.self)
        text = try file.optionalText("description") ?? ""
        var tensors = try file.mapping("tensors")
        let bindings = try TensorBindings(&tensors)
        self.tensors = bindings
        forecast = try Self.forecast(&file, hasFutureInput: bindings.future != nil)
        maximumBatch = try file.optionalInteger("max_batch") ?? 1
        guard (1...4096).contains(maximumBatch) else {
            throw file.failure("max_batch", "expected 1 to 4096, found \(maximumBatch)")
        }
        timeToLive = try Self.timeToLive(&file)
        file.skip("training")
        file.skip("scores")
        try file.finish()
        guard bindings.states.isEmpty != (forecast.decode == .stateful) else {
            throw file.failure(
                at: "tensors.states",
                forecast.decode == .stateful
                    ? "expected one at least for a stateful model, found none"
                    : "expected none for a \(forecast.decode.name) model")
        }
        do throws(ForecastSpecificationError) {
            try forecast.validate()
        } catch {
            throw file.failure(at: error.key, error.message)
        }
    }

    private static func timeToLive(_ file: inout YAMLReader) throws(BundleError) -> TimeToLive? {
        guard let text = try file.optionalText("ttl") else { return nil }
        if text == "cadence" { return .cadence }
        return .microseconds(try duration(text, file, "ttl"))
    }

    private static func duration(_ text: String, _ file: YAMLReader, _ key: String) throws(BundleError) -> Int64 {
        do throws(TimeTextError) {
            return try TimeStep.fixedMicroseconds(parsing: text)
        } catch {
            throw file.failure(key, error.message)
        }
    }

    private static func forecast(
        _ file: inout YAMLReader, hasFutureInput: Bool
    ) throws(BundleError) -> ForecastSpecification {
        let stepText = try file.text("step")
        let step: TimeStep
        do throws(TimeTextError) {
            step = try TimeStep(parsing: stepText)
        } catch {
            throw file.failure("step", error.message)
        }
        let zone = try file.text("time_zone")
        let tolerance = try file.optionalText("time_tolerance") ?? "0s"
        let window = try file.integer("window")
        var horizon = try file.mapping("horizon")
        let defaultHorizon = try horizon.integer("default")
        let maximumHorizon = try horizon.integer("maximum")
        try horizon.finish()
        let gapPolicy =
            file.has("gap_policy") ? try file.choice("gap_policy", ForecastSpecification.GapPolicy.self) : .reject
        let toleranceMicroseconds = try duration(tolerance, file, "time_tolerance")
        let season = try file.optionalInteger("season")
        let unit = try file.optionalText("unit") ?? ""
        let features = try features(&file)
        let quantiles = try file.optionalNumbers("quantiles")
        return ForecastSpecification(
            step: step, timeZone: zone, toleranceMicroseconds: toleranceMicroseconds, window: window,
            defaultHorizon: defaultHorizon, maximumHorizon: maximumHorizon, season: season, gapPolicy: gapPolicy,
            unit: unit, features: features, decode: try decode(&file, maximumHorizon: maximumHorizon),
            quantiles: quantiles, hasFutureInput: hasFutureInput)
    }

    private static func decode(
        _ file: inout YAMLReader, maximumHorizon: Int
    ) throws(BundleError) -> ForecastSpecification.DecodeMode {
        var decode = try file.mapping("decode")
        let mode = try decode.choice("mode", Mode.self)
        let chunk = try decode.optionalInteger("chunk")
        try decode.finish()
        switch mode {
        case .direct:
            guard chunk == nil || chunk == maximumHorizon else {
                throw decode.failure("chunk", "expected horizon.maximum, which is \(maximumHorizon)")
            }
            return .direct
        case .autoregressive:
            return .autoregressive(chunk: chunk ?? 1)
        case .stateful:
            guard chunk == nil || chunk == 1 else { throw decode.failure("chunk", "expected 1 for a stateful model") }
            return .stateful
        }
    }

    private static func features(_ file: inout YAMLReader) throws(BundleError) -> [ForecastSpecification.Feature] {
        var result: [ForecastSpecification.Feature] = []
        for var feature in try file.mappings("features") {
            if feature.has("calendar") {
                let field = try feature.choice("calendar", CalendarField.self)
                let encoding = try feature.choice("encoding", CalendarEncoding.self)
                result.append(.calendar(field, encoding))
            } else {
                let name = try feature.text("channel")
                let known = feature.has("known") ? try feature.choice("known", Knowledge.self) : .past
                var scaler = try feature.mapping("scaler")
                result.append(
                    .channel(
                        ForecastSpecification.Channel(
                            name: name, isKnownInFuture: known == .future, scaler: try Scaler(&scaler))))
            }
            try feature.finish()
        }
        return result
    }
}

extension BundleDescription.TensorBindings {
    fileprivate init(_ tensors: inout YAMLReader) throws(BundleError) {
        window = try tensors.text("window")
        future = try tensors.optionalText("future")
        output = try tensors.text("output")
        var states: [BundleDescription.StateBinding] = []
        if tensors.has("states") {
            for var state in try tensors.mappings("states") {
                states.append(
                    BundleDescription.StateBinding(
                        input: try state.text("input"), output: try state.text("output"),
                        batchAxis: try state.optionalInteger("batch_axis") ?? 0,
                        initial: try Self.initial(&state)))
                try state.finish()
            }
        }
        self.states = states
        try tensors.finish()
    }

    private static func initial(_ state: inout YAMLReader) throws(BundleError) -> Float {
        guard state.has("initial") else { return 0 }
        let number = try state.number("initial")
        guard Float(number).isFinite else {
            throw state.failure("initial", "expected a number that a float32 holds, found \(number)")
        }
        return Float(number)
    }
}

extension Scaler {
    private enum Name: String, CaseIterable {
        case none, standard, minmax, robust, log1p
    }

    private enum Fit: String, CaseIterable {
        case perWindow = "per_window"
    }

    fileprivate init(_ scaler: inout YAMLReader) throws(BundleError) {
        let kind = try scaler.choice("kind", Name.self)
        let known = Scaler.Kind(rawValue: kind.rawValue)
        if let known, scaler.has("fit") {
            _ = try scaler.choice("fit", Fit.self)
            self = .perWindow(known)
        } else {
            switch kind {
            case .none: self = .none
            case .log1p: self = .log1p
            case .standard:
                self = .fitted(.standard, center: try scaler.number("mean"), spread: try scaler.number("std"))
            case .minmax:
                let least = try scaler.number("min")
                self = .fitted(.minmax, center: least, spread: try scaler.number("max") - least)
            case .robust:
                self = .fitted(.robust, center: try scaler.number("median"), spread: try scaler.number("iqr"))
            }
        }
        try scaler.finish()
    }
}
