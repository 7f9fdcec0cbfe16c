import CLinux
import InferdBase
import Synchronization

/// What the loader and the I/O thread have to tell each other. Neither ever waits for the other, and the
/// locks are taken only when a model comes or goes.
final class ModelNews: Sendable {
    /// A version of a model as the loader found it.
    struct Version: Sendable {
        enum State: Sendable {
            case ready(ServedModel)
            case failed(reason: String)
        }

        let name: String
        let version: UInt64
        let state: State
    }

    /// To be polled by the loader: something is to be read here, or the daemon stops.
    let descriptor: Int32
    private let hasVersions = Atomic(false)
    private let versions = Locked<[Version]?>(nil)
    private let retired = Locked<[ServedModel]>([])
    private let stuckThreads = Locked<[Int]>([])
    private let wantsTrim = Atomic(false)

    init() throws(ServerError) {
        descriptor = inferd_wake_create()
        if descriptor < 0 {
            throw ServerError.system("cannot make the loader's wake-up", errno: -descriptor)
        }
    }

    deinit {
        closeDescriptor(descriptor)
    }

    // The loader.

    /// Everything there is from now on; what was not taken yet is replaced. Wake the I/O thread afterwards.
    func publish(_ versions: [Version]) {
        self.versions.withLock { $0 = versions }
        hasVersions.store(true, ordering: .sequentiallyConsistent)
    }

    /// Loads that no request uses any more.
    func takeRetired() -> [ServedModel] {
        retired.withLock { models in
            defer { models = [] }
            return models
        }
    }

    /// Whether memory is to be given back since the last call.
    func takeTrimRequest() -> Bool {
        wantsTrim.exchange(false, ordering: .relaxed)
    }

    /// Threads whose run was stopped by the watchdog since the last call.
    func takeStuckThreads() -> [Int] {
        stuckThreads.withLock { threads in
            defer { threads = [] }
            return threads
        }
    }

    func wakeLoader() {
        _ = inferd_wake_signal(descriptor)
    }

    // The I/O thread.

    var isWaiting: Bool { hasVersions.load(ordering: .sequentiallyConsistent) }

    /// The versions there are, if that has changed.
    func takeVersions() -> [Version]? {
        guard hasVersions.load(ordering: .relaxed), hasVersions.exchange(false, ordering: .sequentiallyConsistent)
        else { return nil }
        return versions.withLock { $0.take() }
    }

    /// Gives a load to the loader, which frees it.
    func retire(_ model: ServedModel) {
        retired.withLock { $0.append(model) }
        wakeLoader()
    }

    /// Has the loader's thread give memory that nobody uses back to the system.
    func requestTrim() {
        wantsTrim.store(true, ordering: .relaxed)
        wakeLoader()
    }

    func reportStuck(_ thread: Int) {
        stuckThreads.withLock { $0.append(thread) }
        wakeLoader()
    }
}
