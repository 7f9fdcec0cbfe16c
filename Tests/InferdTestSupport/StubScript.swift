package import InferdEngine

/// What the models of a `StubEngine` do. Everything is called on the thread that runs.
package struct StubScript: Sendable {
    /// All outputs from all inputs; throws what the engine is to fail with.
    package var compute: @Sendable ([StubTensor]) throws(EngineError) -> [StubTensor]
    /// Nanoseconds that a run of these inputs takes by the engine's clock, failed or not.
    package var latency: @Sendable ([StubTensor]) -> UInt64 = { _ in 0 }
    /// Whether a run of these inputs goes on until it is terminated.
    package var hangs: @Sendable ([StubTensor]) -> Bool = { _ in false }

    package init(_ compute: @escaping @Sendable ([StubTensor]) throws(EngineError) -> [StubTensor]) {
        self.compute = compute
    }

    /// The same, but failing with `error` for inputs that `isRefused` accepts.
    package func failing(
        _ error: EngineError, for isRefused: @escaping @Sendable ([StubTensor]) -> Bool
    ) -> StubScript {
        var script = self
        script.compute = { [compute] inputs throws(EngineError) in
            if isRefused(inputs) { throw error }
            return try compute(inputs)
        }
        return script
    }

    /// Gives the inputs back as the outputs.
    package static let echo = StubScript { inputs throws(EngineError) in inputs }
}
