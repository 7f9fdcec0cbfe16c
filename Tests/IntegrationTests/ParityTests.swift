import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// What the daemon answers through its socket against the reference's answers, for every decode mode,
/// scaler, calendar feature, zone and gap policy.
struct ParityTests {
    /// One step of the model, and a whole horizon; relative to the value or the target's spread.
    private static let tolerance = (oneStep: 1e-5, horizon: 1e-4)

    /// One daemon for all cases: it serves every bundle.
    private static let daemon = Result { try DaemonProcess(models: GoldenCases.models) }

    @Test func thereAreBundlesToCompare() throws {
        #expect(GoldenCases.names.count >= 26)
        let client = try TestClient(path: Self.daemon.get().socketPath)
        try client.send { $0.writeModels() }
        guard case .models(let models) = try client.receive().body else {
            Issue.record("no list of models")
            return
        }
        #expect(models.map(\.name).sorted() == GoldenCases.names)
        #expect(models.allSatisfy { $0.state == .ready }, "\(models.map(\.error))")
    }

    @Test(arguments: GoldenCases.names)
    func answersEqualTheReference(bundle: String) throws {
        let golden = try GoldenCases.read(bundle)
        let client = try TestClient(path: Self.daemon.get().socketPath)
        #expect(golden.cases.count > 20)
        for item in golden.cases {
            // Two cases may ask the same.
            try client.send(model: golden.model, receipt: true, bypass: true) { $0.writePredict(item.request.values) }
            let reply = try client.receive()
            if let refusal = item.expect_error {
                #expect(reply.error?.code.name == refusal.code, "\(item.name): \(reply)")
                #expect(reply.error?.field == refusal.field, "\(item.name): \(reply)")
                #expect(reply.error?.message.isEmpty == false, "\(item.name)")
            } else if case .predict(let forecast) = reply.body, let expected = item.expect {
                compare(forecast, expected, item)
                #expect((reply.receipt?.modelRuns ?? 0) >= 1, "\(item.name)")
            } else {
                Issue.record("\(item.name): no forecast: \(reply)")
            }
        }
    }

    private func compare(_ found: ForecastValues, _ expected: GoldenCases.Answer, _ item: GoldenCases.Case) {
        let scale = item.target_scale ?? 1
        let tolerance = expected.values.count == 1 ? Self.tolerance.oneStep : Self.tolerance.horizon
        #expect(found.timestamps == expected.timestamps_us, "\(item.name)")
        #expect(found.filledPoints == expected.filled_points, "\(item.name)")
        #expect(isClose(found.values, expected.values, tolerance, scale), "\(item.name): \(found.values)")
        #expect(found.quantiles.map(\.level) == item.request.quantiles ?? [], "\(item.name)")
        for (quantile, values) in zip(found.quantiles, expected.quantiles) {
            #expect(isClose(quantile.values, values, tolerance, scale), "\(item.name): \(quantile)")
        }
        let metrics = found.metrics?.byName ?? [:]
        #expect(metrics.keys.sorted() == (expected.metrics ?? [:]).keys.sorted(), "\(item.name): \(metrics)")
        for (name, value) in expected.metrics ?? [:] {
            // An error has the target's unit, the others none; both carry the forecast's tolerance.
            let unit = name == "mae" || name == "rmse" ? scale : 1
            #expect(isClose([metrics[name] ?? .nan], [value], 1e-3, unit), "\(item.name): \(name) \(metrics)")
        }
    }

    private func isClose(_ found: [Double], _ expected: [Double], _ tolerance: Double, _ scale: Double) -> Bool {
        found.count == expected.count
            && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * max(abs($1), scale) }
    }
}

extension MetricValues {
    fileprivate var byName: [String: Double] {
        let all = [
            "mae": mae, "rmse": rmse, "mape": mape, "smape": smape, "mase": mase, "coverage": coverage,
        ]
        return all.compactMapValues { $0?.value }
    }
}
