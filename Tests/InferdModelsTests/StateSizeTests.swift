import InferdBase
import InferdForecast
import Testing

@testable import InferdModels

/// What a model's states may take, for each row that is forecast.
struct StateSizeTests {
    private static func description(states: Int) throws -> BundleDescription {
        var yaml = """
            format: 1
            task: forecast
            step: 1h
            time_zone: UTC
            window: 12
            horizon: {default: 6, maximum: 12}
            features:
            - channel: load
              scaler: {kind: none}
            decode: {mode: stateful}
            tensors:
              window: window
              output: forecast
              states:

            """
        for index in 0..<states {
            yaml += "  - {input: in\(index), output: out\(index), batch_axis: 1}\n"
        }
        return try BundleDescription(yaml: yaml)
    }

    private func check(_ shapes: [[Int64]]) throws {
        var inputs = [TensorShape(name: "window", type: .float32, shape: [-1, -1, 1])]
        var outputs = [TensorShape(name: "forecast", type: .float32, shape: [-1, 1])]
        for (index, shape) in shapes.enumerated() {
            inputs.append(TensorShape(name: "in\(index)", type: .float32, shape: shape))
            outputs.append(TensorShape(name: "out\(index)", type: .float32, shape: shape))
        }
        try Self.description(states: shapes.count).check(
            inputs: inputs, outputs: outputs, columns: 1, futureColumns: 0)
    }

    @Test(
        arguments: [
            [[1 << 40, -1, 1 << 40]],
            [[1 << 20, -1, 1 << 20]],
            [[.max, -1, 1]],
            // Each for itself is small enough; together they are not.
            Array(repeating: [1 << 10, -1, 1 << 12], count: 20),
        ] as [[[Int64]]])
    func statesBeyondTheLimitAreRefused(shapes: [[Int64]]) throws {
        let error = #expect(throws: BundleError.self) { try check(shapes) }
        #expect(error?.message.hasPrefix("tensors.states") == true, "\(String(describing: error))")
    }

    @Test func statesOfUsualSizesAreServed() throws {
        try check([[2, -1, 64], [2, -1, 64], [8, -1, 4096]])
    }
}
