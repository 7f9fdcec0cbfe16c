import InferdBase
package import InferdEngine
import Synchronization

/// An engine without a runtime, whose models do what a script says: their outputs, what they take by a
/// virtual clock, which inputs they fail for, and which they never come back from.
package final class StubEngine: Engine {
    /// Called by each run, on the thread that runs; may wait or throw.
    package typealias Interruption = @Sendable () throws(EngineError) -> Void

    private let signature: ModelSignature
    private let script: StubScript
    private let clock: VirtualClock
    private let journal = StubJournal()

    /// - Parameter clock: moved by each run's latency.
    package init(_ signature: ModelSignature, _ script: StubScript, clock: VirtualClock = VirtualClock()) {
        self.signature = signature
        self.script = script
        self.clock = clock
    }

    /// One whose models give their input `x`, float32 [?, n], back as `y`, once `interruption` lets them.
    package convenience init(
        columns: Int64 = 4, _ interruption: @escaping Interruption = { () throws(EngineError) in }
    ) {
        let signature = ModelSignature(
            inputs: [TensorSpecification(name: "x", type: .float32, shape: [-1, columns])],
            outputs: [TensorSpecification(name: "y", type: .float32, shape: [-1, columns])])
        self.init(
            signature,
            StubScript { inputs throws(EngineError) in
                try interruption()
                return inputs
            })
    }

    package var name: String { "stub" }
    package var version: String { "0" }
    /// Runs so far, failed ones included.
    package var runs: Int { journal.runs }
    /// The first input's shape of the latest runs, the oldest first; at most `StubJournal.capacity`.
    package var runShapes: [[Int64]] { journal.shapes }

    /// Outputs that the latest run was to compute: bit `n` is output `n`.
    package var selection: UInt64 { journal.selection }

    /// Waits until `count` runs hang; false when that takes more than 20 s.
    package func waitForHangs(_ count: Int) -> Bool {
        journal.waitForHangs(count)
    }

    package func load(_ model: RawSpan) throws(EngineError) -> any LoadedModel {
        loaded
    }

    /// A model without bytes.
    package var loaded: any LoadedModel {
        StubModel(signature: signature, script: script, clock: clock, journal: journal)
    }
}

private final class StubModel: LoadedModel {
    let signature: ModelSignature
    private let script: StubScript
    private let clock: VirtualClock
    private let journal: StubJournal

    init(signature: ModelSignature, script: StubScript, clock: VirtualClock, journal: StubJournal) {
        self.signature = signature
        self.script = script
        self.clock = clock
        self.journal = journal
    }

    func makeRunner(variants: Int) throws(EngineError) -> any ModelRunner {
        StubRunner(signature, script, clock, journal, variants: variants)
    }
}
