import Foundation
import InferdBase
import InferdTestSupport
import Testing

@testable import InferdEngine

struct RunnerThreadTests {
    /// Runs `body` on a thread of its own; `join` waits for it and gives what it gave.
    private final class Worker<Value: Sendable>: Sendable {
        private let done = DispatchSemaphore(value: 0)
        private let outcome = Locked<Result<Value, any Error>?>(nil)
        private let thread = Locked<pthread_t?>(nil)

        init(_ body: @escaping @Sendable () throws -> Value) {
            Thread.detachNewThread { [self] in
                thread.withLock { $0 = pthread_self() }
                let result = Result(catching: body)
                outcome.withLock { $0 = result }
                done.signal()
            }
        }

        func join() throws -> Value? {
            done.wait()
            return try outcome.withLock { try $0?.get() }
        }

        /// Processor time the thread has used; it must not have ended.
        var processorMilliseconds: Int {
            thread.withLock { thread in
                var clock = clockid_t()
                guard let thread, unsafe pthread_getcpuclockid(thread, &clock) == 0 else { return 0 }
                var time = timespec()
                guard unsafe clock_gettime(clock, &time) == 0 else { return 0 }
                return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
            }
        }
    }

    /// Hands a runner to another thread, which is then its only user but for `terminate`.
    private struct Handed: @unchecked Sendable {
        let runner: BoundRunner
    }

    /// A run that would take years.
    private func endless() throws -> Handed {
        let runner = try TestModels.runner("loop")
        try runner.bindInput(0, [], TensorBuffer([Int64(1) << 50]))
        try runner.bindInput(1, [1], TensorBuffer([0] as [Float]))
        return Handed(runner: runner)
    }

    @Test(.timeLimit(.minutes(1)))
    func aRunInProgressIsEnded() throws {
        let handed = try endless()
        let worker = Worker { try handed.runner.run() }
        // It is within the model by now, not before it.
        while worker.processorMilliseconds < 50 { sched_yield() }
        handed.runner.runner.terminate()
        let error = #expect(throws: EngineError.self) { try worker.join() }
        #expect(error == EngineError(.terminated, "the run was ended"))
    }

    @Test(.timeLimit(.minutes(1)))
    func theNextRunIsEndedToo() throws {
        let handed = try endless()
        handed.runner.runner.terminate()
        let error = #expect(throws: EngineError.self) { try handed.runner.run() }
        #expect(error?.kind == .terminated)
        // Of this runner only.
        let other = try TestModels.runner("scalar")
        let input = TensorBuffer([1] as [Float])
        try other.bindInput(0, [], input)
        try other.run()
    }

    @Test func threadsWithARunnerEachShareAModel() throws {
        let model = try TestModels.load("linear")
        let workers = (0..<4).map { number in
            Worker {
                let runner = try BoundRunner(model)
                let input = TensorBuffer([Float](repeating: 0, count: 4))
                let output = TensorBuffer(byteCount: 8)
                try runner.bindInput(0, [1, 4], input)
                try runner.bindOutput(0, [1, 2], output)
                var wrong = 0
                for round in 0..<2000 {
                    let value = Float(number * 2000 + round)
                    input.write([value, 0, 0, 0])
                    try runner.run()
                    // The first row of w is 0 and 1/4.
                    if output.values(as: Float.self) != [0.5, value / 4 - 0.5] { wrong += 1 }
                }
                return wrong
            }
        }
        for worker in workers {
            #expect(try worker.join() == 0)
        }
    }

    @Test func aRunnerKeepsItsModel() throws {
        var model: (any LoadedModel)? = try TestModels.load("scalar")
        weak let held = model
        let runner = try BoundRunner(#require(model))
        model = nil
        #expect(held != nil)
        let input = TensorBuffer([1] as [Float])
        try runner.bindInput(0, [], input)
        try runner.run()
        #expect(try runner.read(0, as: Float.self).values == [-1])
    }

    @Test func aModelEndsWithItsLastRunner() throws {
        weak var held: (any LoadedModel)?
        do {
            let model = try TestModels.load("scalar")
            held = model
            _ = try model.makeRunner(variants: 1)
        }
        #expect(held == nil)
    }
}
