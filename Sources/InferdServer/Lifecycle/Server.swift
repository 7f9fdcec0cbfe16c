import CLinux
package import InferdBase
package import InferdEngine
package import Logging
import Synchronization

/// The daemon: models, listeners and threads, from start to stop.
package final class Server: Sendable {
    /// Added to the workers' nice value, so that the I/O thread is scheduled before them: a hit or a
    /// refusal must not wait behind a model's run.
    private static let workerNice: Int32 = 5
    /// Publishing has time between two runs of a model.
    private static let publisherNice: Int32 = 5
    /// Loading a model takes only what nobody else needs.
    private static let loaderNice: Int32 = 10

    /// Where it listens; ports of 0 have been replaced by those the system gave.
    package let endpoints: [Endpoint]
    package let modelsReady: Int
    package let modelsFailed: Int
    package let workerCount: Int

    private let core: ServerCore
    private let ioThread: PinnedThread
    private let workers: ThreadGroup
    private let loaderThread: PinnedThread

    /// Loads the models and starts to serve.
    ///
    /// A model that does not pass its checks is logged and not served; everything else that is wrong is
    /// an error.
    ///
    /// - Parameters:
    ///   - engine: what runs the models; nil: ONNX Runtime.
    ///   - willListen: called when the models are loaded, before there is anything that others can see.
    package init(
        _ configuration: ServerConfiguration, logger: Logger, engine: (any Engine)? = nil,
        willListen: () -> Void = {}
    ) throws(ServerError) {
        Limits.checkRelations()
        try configuration.check()
        let startedAt = MonotonicTime.now()
        if let (available, needed) = DescriptorLimit.raise() {
            logger.warning(
                "too few descriptors for all connections",
                metadata: ["available": .stringConvertible(available), "needed": .stringConvertible(needed)])
        }
        let placement = try WorkerPlacement(configuration.workers)
        let chosen: any Engine
        if let engine {
            chosen = engine
        } else {
            chosen = try Self.loadEngine(configuration)
        }
        let core = try ServerCore(
            configuration: configuration, workerCount: placement.count, startedAt: startedAt, logger: logger)
        let loader = try ModelLoader(core: core, engine: chosen, logger: logger)
        try loader.loadAll()
        // Read before the loader's own thread changes them.
        let counts = (ready: loader.readyCount, failed: loader.failedCount)
        willListen()
        var listeners: [Listener] = []
        do throws(ServerError) {
            for endpoint in configuration.listen {
                listeners.append(try Listener(endpoint, allowRemote: configuration.allowRemote))
            }
            let poller = try Poller()
            try Self.watch(core, listeners, with: poller)
            self.core = core
            try core.events?.start(nice: Self.publisherNice)
            do throws(ServerError) {
                workers = try Self.startWorkers(core, placement)
            } catch {
                core.events?.stop()
                throw error
            }
            do throws(ServerError) {
                loaderThread = try Self.startLoader(loader)
            } catch {
                core.stopWorkers()
                workers.join()
                core.events?.stop()
                throw error
            }
            do throws(ServerError) {
                ioThread = try Self.startIO(core, poller, listeners)
            } catch {
                core.stopLoader()
                loaderThread.join()
                core.stopWorkers()
                workers.join()
                core.events?.stop()
                throw error
            }
        } catch {
            for listener in listeners {
                listener.close()
            }
            throw error
        }
        endpoints = listeners.map(\.endpoint)
        modelsReady = counts.ready
        modelsFailed = counts.failed
        workerCount = placement.count
    }

    private static func loadEngine(_ configuration: ServerConfiguration) throws(ServerError) -> any Engine {
        do throws(EngineError) {
            return try OnnxRuntimeEngine(libraryPath: configuration.onnxRuntimePath)
        } catch {
            throw ServerError(error.message)
        }
    }

    private static func watch(
        _ core: ServerCore, _ listeners: [Listener], with poller: Poller
    ) throws(ServerError) {
        guard poller.add(core.signal.descriptor, .signal) else {
            throw ServerError("cannot watch the I/O thread's wake-up")
        }
        for (index, listener) in listeners.enumerated() {
            guard poller.add(listener.descriptor, .listener(index)) else {
                throw ServerError("cannot watch \(listener.endpoint)")
            }
        }
    }

    private static func startWorkers(
        _ core: ServerCore, _ placement: WorkerPlacement
    ) throws(ServerError) -> ThreadGroup {
        try ThreadGroup(count: placement.count, stop: core.stopWorkers) { number throws(ServerError) in
            let worker = Worker(core: core, number: number, runner: LaneRunner(core: core, thread: number + 1))
            return try PinnedThread(
                name: "worker-\(number + 1)", processor: placement.processor(of: number), nice: workerNice
            ) {
                worker.run()
            }
        }
    }

    private static func startLoader(_ loader: ModelLoader) throws(ServerError) -> PinnedThread {
        // The thread is the loader's only user from here on.
        nonisolated(unsafe) let loader = loader
        return try PinnedThread(name: "loader", processor: nil, nice: loaderNice) {
            unsafe loader.run()
        }
    }

    private static func startIO(
        _ core: ServerCore, _ poller: Poller, _ listeners: [Listener]
    ) throws(ServerError) -> PinnedThread {
        let runner = LaneRunner(core: core, thread: 0)
        return try PinnedThread(name: "io", processor: nil, nice: 0) {
            var loop = IOLoop(core: core, runner: runner, poller: poller, listeners: listeners)
            loop.run()
        }
    }

    /// What becomes of events; nil: they are not recorded.
    var events: EventJournal? { core.events }

    /// Begins to shut down: nothing new is accepted, what is in flight is finished within the grace
    /// period. Any thread; more than once does no harm.
    package func requestStop() {
        core.stopRequested.store(true, ordering: .sequentiallyConsistent)
        core.signal.wake()
    }

    /// Cuts the grace period short: what is still in flight is answered UNAVAILABLE. Any thread, after
    /// `requestStop`.
    package func endGrace() {
        core.graceIsOver.store(true, ordering: .sequentiallyConsistent)
        core.signal.wake()
    }

    /// Waits until everything has ended after `requestStop`; once only.
    package func waitUntilStopped() {
        // It puts an end to the runs that are left before it ends itself.
        ioThread.join()
        core.stopWorkers()
        workers.join()
        core.stopLoader()
        loaderThread.join()
        // Nobody predicts any more.
        core.events?.stop()
    }
}
