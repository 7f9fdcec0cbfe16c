import Foundation
import InferdBase
import InferdEngine
import InferdForecast
import InferdModels
import InferdTestSupport
import InferdWire

@testable import InferdScheduler

/// One of the bundles of `Tests/Golden/models`, on the real engine.
struct GoldenModel {
    let bundle: InferdModels.Bundle
    let description: BundleDescription
    private let model: any LoadedModel
    private let plan: ForecastPlan

    static let engine = Result { try OnnxRuntimeEngine(libraryPath: OnnxRuntimeLocation.path) }

    private static let repository = Result {
        try ModelRepository(path: DaemonProcess.sourceRoot.appendingPathComponent("Tests/Golden/models").path)
    }

    /// Names of all bundles.
    static let names: [String] = (try? repository.get().scan().map(\.model)) ?? []

    init(_ name: String) throws {
        let repository = try Self.repository.get()
        guard let entry = try repository.scan().first(where: { $0.model == name }) else {
            throw PropertyFailure("no bundle '\(name)'")
        }
        bundle = try repository.open(entry)
        guard let description = bundle.description else { throw PropertyFailure("'\(name)' is a plain model") }
        self.description = description
        model = try Self.load(bundle.model)
        let window = model.signature.inputs.first { $0.name == description.tensors.window }
        plan = try ForecastPlan(
            description.forecast, zone: try TimeZoneFiles().rules(named: description.forecast.timeZone),
            takesSingleRows: description.forecast.decode == .stateful && window?.shape[1] == 1)
    }

    static func load(_ bytes: borrowing OwnedBytes) throws -> any LoadedModel {
        try engine.get().load(bytes.span)
    }

    func executor(rows: Int) throws -> ModelExecutor {
        try ModelExecutor(
            name: bundle.name, version: bundle.version, model: model, forecast: (plan, description.tensors),
            maximumRows: rows, maximumReplyBytes: 1 << 20, costs: CostModel(maximumBatch: rows),
            clock: MonotonicTime.now)
    }

    /// The bundle's own golden requests and answers.
    var cases: [(request: PredictValues, expectation: GoldenPrediction.Expectation)] {
        bundle.golden.compactMap {
            guard case .predict(let prediction) = $0 else { return nil }
            return (PredictValues(prediction.request), prediction.expect)
        }
    }

    /// A request like the one whose horizon is the greatest, with other numbers and some horizon.
    func request(_ generator: inout SeededGenerator) -> PredictValues {
        let template = cases.map(\.request).max { $0.horizon < $1.horizon }
        var request = template ?? PredictValues()
        request.horizon = UInt32.random(in: 1...UInt32(description.forecast.maximumHorizon), using: &generator)
        for index in request.channels.indices {
            for place in request.channels[index].values.indices {
                request.channels[index].values[place] *= Double.random(in: 0.8...1.2, using: &generator)
            }
        }
        request.quantiles = description.forecast.quantiles
        return request
    }
}

extension PredictValues {
    fileprivate init(_ request: GoldenPrediction.Request) {
        self.init()
        timestamps = request.timestamps_us ?? []
        regular = request.regular.map { RegularTime(start: $0.start_us, step: $0.step ?? "") }
        channels = request.channels.sorted { $0.key < $1.key }.map { Channel(name: $0.key, values: $0.value) }
        horizon = request.horizon ?? 0
        future = (request.future ?? [:]).sorted { $0.key < $1.key }.map { Channel(name: $0.key, values: $0.value) }
        quantiles = request.quantiles ?? []
    }
}
