import InferdBase
import InferdEngine
import InferdForecast
import InferdModels
import InferdTestSupport
import InferdWire

@testable import InferdModels
@testable import InferdScheduler

/// A small model of a stub engine, of any decode mode, and its forecasts by plain loops over one series.
///
/// Two columns: the target, and a covariate that is known in the future. Numbers are not scaled, so that
/// answers are equal to the last bit.
struct StubForecast {
    /// Where a state tensor keeps its batch, and what it begins with.
    struct State {
        /// With -1 for the batch.
        let shape: [Int64]
        let initial: Float

        var batchAxis: Int { shape.firstIndex(of: -1) ?? 0 }
        var count: Int { shape.filter { $0 > 0 }.reduce(1) { $0 * Int($1) } }
    }

    enum Mode: CaseIterable {
        case direct, directFuture, autoregressive, stateful, statefulRows
    }

    static let columns = 2
    static let maximumHorizon = 9
    /// A target at which the engine fails, and one at which the model's output is not a number.
    static let poison: Float = 4_096
    static let hole: Float = 8_192

    let mode: Mode
    let window: Int
    let chunk: Int
    let quantiles: [Double]
    let states: [State]
    let plan: ForecastPlan
    let bindings: BundleDescription.TensorBindings

    init(_ mode: Mode, window: Int = 4, chunk: Int = 1, quantiles: [Double] = []) throws {
        self.mode = mode
        self.window = window
        self.quantiles = quantiles
        let isStateful = mode == .stateful || mode == .statefulRows
        states =
            isStateful
            ? [
                State(shape: [2, -1, 3], initial: 0.25), State(shape: [-1, 2], initial: -0.5),
                State(shape: [2, 2, -1], initial: 0),
            ] : []
        let decode: ForecastSpecification.DecodeMode
        switch mode {
        case .direct, .directFuture: decode = .direct
        case .autoregressive: decode = .autoregressive(chunk: chunk)
        case .stateful, .statefulRows: decode = .stateful
        }
        let specification = ForecastSpecification(
            step: TimeStep(microseconds: 60_000_000), timeZone: "UTC", window: window, defaultHorizon: 3,
            maximumHorizon: Self.maximumHorizon,
            features: [
                .channel(.init(name: "load", isKnownInFuture: false, scaler: .none)),
                .channel(.init(name: "wind", isKnownInFuture: true, scaler: .none)),
            ], decode: decode, quantiles: quantiles, hasFutureInput: mode == .directFuture)
        self.chunk = specification.chunk
        plan = try ForecastPlan(specification, zone: .utc, takesSingleRows: mode == .statefulRows)
        bindings = BundleDescription.TensorBindings(
            window: "window", future: mode == .directFuture ? "future" : nil, output: "forecast",
            states: states.enumerated().map {
                BundleDescription.StateBinding(
                    input: "in\($0.offset)", output: "out\($0.offset)", batchAxis: $0.element.batchAxis,
                    initial: $0.element.initial)
            })
    }

    private var valuesPerPoint: Int { max(1, quantiles.count) }
    private var median: Int { quantiles.firstIndex(of: 0.5) ?? 0 }

    // The engine.

    var signature: ModelSignature {
        let time: Int64 = mode == .statefulRows ? 1 : mode == .stateful ? -1 : Int64(window)
        var inputs = [TensorSpecification(name: "window", type: .float32, shape: [-1, time, Int64(Self.columns)])]
        if mode == .directFuture {
            inputs.append(
                TensorSpecification(name: "future", type: .float32, shape: [-1, Int64(Self.maximumHorizon), 1]))
        }
        var shape: [Int64] = [-1, Int64(chunk)]
        if !quantiles.isEmpty { shape.append(Int64(quantiles.count)) }
        // Somewhere in the middle, so that the order of the model's tensors counts.
        var outputs: [TensorSpecification] = []
        for (index, state) in states.enumerated() {
            inputs.append(TensorSpecification(name: "in\(index)", type: .float32, shape: state.shape))
            outputs.append(TensorSpecification(name: "out\(index)", type: .float32, shape: state.shape))
        }
        outputs.insert(TensorSpecification(name: "forecast", type: .float32, shape: shape), at: min(1, outputs.count))
        return ModelSignature(inputs: inputs, outputs: outputs)
    }

    /// Fails for runs with a poisonous row.
    var script: StubScript {
        StubScript { [self] inputs throws(EngineError) in compute(inputs) }
            .failing(EngineError(.failed, "poison")) { $0[0].floats.contains(Self.poison) }
    }

    func executor(
        _ engine: StubEngine, rows: Int, costs: CostModel? = nil, clock: VirtualClock = VirtualClock()
    ) throws -> ModelExecutor {
        try ModelExecutor(
            name: "model", version: 3, model: engine.loaded, forecast: (plan, bindings), maximumRows: rows,
            maximumReplyBytes: 1 << 20, costs: costs ?? CostModel(maximumBatch: rows), clock: { clock.now })
    }

    private func compute(_ inputs: [StubTensor]) -> [StubTensor] {
        let window = inputs[0]
        let rows = window.rows
        let width = window.floats.count / rows
        let tensors = inputs.map(\.floats)
        var forecast: [Float] = []
        var results = states.map { [Float](repeating: 0, count: $0.count * rows) }
        let first = inputs.count - states.count
        for row in 0..<rows {
            var future: [Float]?
            if mode == .directFuture {
                let span = Self.maximumHorizon
                future = Array(tensors[1][row * span..<(row + 1) * span])
            }
            var carried = states.enumerated().map { index, state in
                (0..<state.count).map { tensors[first + index][state.place($0, row, rows)] }
            }
            forecast += forward(Array(tensors[0][row * width..<(row + 1) * width]), future, &carried)
            for (index, state) in states.enumerated() {
                for element in 0..<state.count {
                    results[index][state.place(element, row, rows)] = carried[index][element]
                }
            }
        }
        let outputs = zip(signature.outputs.filter { $0.name != "forecast" }, results).map { tensor, values in
            StubTensor(shape: tensor.shape.map { $0 < 0 ? Int64(rows) : $0 }, floats: values)
        }
        var shape = [Int64(rows), Int64(chunk)]
        if !quantiles.isEmpty { shape.append(Int64(quantiles.count)) }
        var all = outputs
        all.insert(StubTensor(shape: shape, floats: forecast), at: min(1, outputs.count))
        return all
    }

    // One series.

    /// The model on one row of a batch: window rows of two columns, what is known of the future, its states.
    private func forward(_ window: [Float], _ future: [Float]?, _ carried: inout [[Float]]) -> [Float] {
        var mix: Float = 0
        for (place, value) in window.enumerated() {
            mix += value * 0.25 / Float(place + 2)
        }
        for (place, value) in (future ?? []).enumerated() {
            mix += value * 0.125 / Float(place + 1)
        }
        for state in carried.indices {
            for row in 0..<window.count / Self.columns {
                for element in carried[state].indices {
                    let fed = window[2 * row] * 0.125 + window[2 * row + 1] * 0.0625 / Float(element + 1)
                    carried[state][element] = carried[state][element] * 0.5 + fed + Float(state) * 0.5
                }
            }
            for element in carried[state].indices {
                mix += carried[state][element] / Float(state + element + 2)
            }
        }
        if window.contains(Self.hole) { mix = .nan }
        return (0..<chunk * valuesPerPoint).map { mix * 0.5 + Float($0) * 0.25 }
    }

    /// A request for this model, of numbers that float32 holds exactly.
    func request(horizon: Int, target: Float? = nil, _ generator: inout SeededGenerator) -> PredictValues {
        var values = PredictValues()
        let points = window + Int.random(in: 0...3, using: &generator)
        func numbers(_ count: Int) -> [Double] {
            (0..<count).map { _ in Double(Int.random(in: -400...400, using: &generator)) / 8 }
        }
        values.regular = PredictValues.RegularTime(start: 0, step: "")
        var load = numbers(points)
        if let target { load[points - 1] = Double(target) }
        values.channels = [.init(name: "load", values: load), .init(name: "wind", values: numbers(points))]
        values.future = [.init(name: "wind", values: numbers(horizon))]
        values.horizon = UInt32(horizon)
        values.quantiles = quantiles.shuffled(using: &generator)
        return values
    }

    /// What the request must be answered with.
    func expected(_ request: PredictValues) -> ForecastValues {
        let horizon = Int(request.horizon)
        let points = request.channels[0].values.count
        var frame: [Float] = []
        for row in 0..<window {
            frame.append(Float(request.channels[0].values[points - window + row]))
            frame.append(Float(request.channels[1].values[points - window + row]))
        }
        for row in 0..<Self.maximumHorizon {
            frame.append(0)
            // A direct model looks further than was asked: there the last known value goes on.
            frame.append(Float(request.future[0].values[min(row, horizon - 1)]))
        }
        let outputs = decode(&frame, horizon: horizon)
        var values = ForecastValues()
        values.model = "model"
        values.version = 3
        values.timestamps = (0..<horizon).map { Int64(points + $0) * 60_000_000 }
        func series(_ place: Int) -> [Double] {
            (0..<horizon).map { Double(outputs[$0 * valuesPerPoint + place]) }
        }
        values.values = series(median)
        values.quantiles = request.quantiles.map { level in
            ForecastValues.Quantile(level: level, values: series(quantiles.firstIndex(of: level) ?? 0))
        }
        return values
    }

    private func decode(_ frame: inout [Float], horizon: Int) -> [Float] {
        var carried = states.map { [Float](repeating: $0.initial, count: $0.count) }
        func rows(_ range: Range<Int>) -> [Float] {
            Array(frame[range.lowerBound * Self.columns..<range.upperBound * Self.columns])
        }
        switch mode {
        case .direct:
            return forward(rows(0..<window), nil, &carried)
        case .directFuture:
            let known = (0..<Self.maximumHorizon).map { frame[(window + $0) * Self.columns + 1] }
            return forward(rows(0..<window), known, &carried)
        case .autoregressive, .stateful, .statefulRows:
            break
        }
        var outputs: [Float] = []
        var produced = 0
        if mode == .statefulRows {
            for row in 0..<window - 1 {
                _ = forward(rows(row..<row + 1), nil, &carried)
            }
        }
        while produced < horizon {
            let isWhole = mode == .autoregressive || (mode == .stateful && produced == 0)
            let last = window + produced
            let output = forward(rows(isWhole ? last - window..<last : last - 1..<last), nil, &carried)
            for point in 0..<chunk where produced + point < horizon {
                outputs += output[point * valuesPerPoint..<(point + 1) * valuesPerPoint]
                frame[(last + point) * Self.columns] = output[point * valuesPerPoint + median]
            }
            produced += chunk
        }
        return outputs
    }
}

extension StubForecast.State {
    /// Where an element of a row lies in a tensor of `rows` rows.
    fileprivate func place(_ element: Int, _ row: Int, _ rows: Int) -> Int {
        let inner = shape[(batchAxis + 1)...].reduce(1) { $0 * Int($1) }
        return (element / inner * rows + row) * inner + element % inner
    }
}
