import CLinux
import InferdBase
import InferdEngine
import InferdModels
import InferdScheduler
import Logging
import Synchronization

/// Keeps what is served equal to what the repository holds, on a thread of its own: verifies, loads,
/// prewarms and checks versions that come, and frees those that went once nobody uses them. What fails is
/// logged once, with its reason; what was served before goes on.
final class ModelLoader {
    /// How long the repository must be quiet before it is looked at, so that a version that is being copied
    /// is not looked at for each of its files.
    private static let quietMilliseconds: Int32 = 50
    /// From the end of a burst of large requests until what it took is given back.
    private static let trimMilliseconds: UInt64 = 500
    /// Looked at all the same after so many times that.
    private static let greatestPatience = 40
    /// How often it is looked at where the system cannot tell of changes.
    private static let pollMilliseconds: Int32 = 2_000
    /// How often loads that were retired are tried to be freed: a lane may be about to end.
    private static let freeingMilliseconds: Int32 = 10

    /// A version as it was last dealt with.
    private struct Known {
        let model: String
        let version: UInt64
        /// nil: what is there cannot be served.
        var served: ServedModel?
        /// Of what was looked at last; nil: it was not complete.
        var stamp: FileStamp?
        var failure: String?
        /// Of all files, as they were when it failed: a copy that began with the MANIFEST may be whole by now.
        var failedFiles: [FileStamp?] = []
        /// It failed for want of memory, which others may give back.
        var awaitsMemory = false
    }

    private struct Load {
        weak var model: ServedModel?
    }

    private let core: ServerCore
    private let repository: ModelRepository
    private let builder: ModelBuilder
    private let logger: Logger
    private let configuration: ServerConfiguration
    private var known: [Known] = []
    /// What was known before the present look.
    private var previous: [Known] = []
    private var generations: UInt64 = 0
    /// When memory is to be given back.
    private var trimDue: MonotonicTime?
    private var retired: [ServedModel] = []
    /// Every load that may still hold memory.
    private var loads: [Load] = []
    /// The present load was refused for want of memory.
    private var lacksMemory = false
    /// Complaints that were logged, so that each is made once.
    private var complaints: Set<String> = []

    init(core: ServerCore, engine: any Engine, logger: Logger) throws(ServerError) {
        self.core = core
        self.logger = logger
        configuration = core.configuration
        do throws(BundleError) {
            repository = try ModelRepository(path: core.configuration.modelsPath)
        } catch {
            throw ServerError("\(error.description): \(core.configuration.modelsPath)")
        }
        builder = ModelBuilder(
            engine: engine, threads: core.workerCount + 1, maximumReplyBytes: core.configuration.frameBytes)
    }

    var readyCount: Int { known.count { $0.served != nil } }
    var failedCount: Int { known.count { $0.served == nil } }

    /// Loads what there is; an error when the repository itself cannot be read.
    func loadAll() throws(ServerError) {
        do throws(BundleError) {
            try refresh()
        } catch {
            throw ServerError(error.description)
        }
        guard known.count <= Limits.modelsServed else {
            throw ServerError(
                "the model repository holds \(known.count) versions; at most \(Limits.modelsServed) are served")
        }
    }

    /// Follows the repository until the daemon stops.
    func run() {
        let watcher = RepositoryWatcher(path: configuration.modelsPath, wake: core.news.descriptor)
        // What changed before the watch began is found by looking once more.
        var hasChanged = true
        while !core.loaderStopping.load(ordering: .acquiring) {
            if hasChanged || !watcher.isWatching {
                settle(watcher)
                do throws(BundleError) {
                    try refresh()
                } catch {
                    complain("the model repository", error.description, metadata: [:])
                }
            }
            let hasFreed = freeRetired()
            reportStuckThreads()
            trimIfDue()
            // The word that the daemon stops may have come with an earlier one.
            if core.loaderStopping.load(ordering: .acquiring) { break }
            hasChanged = hasFreed && known.contains(where: \.awaitsMemory)
            if !hasChanged {
                hasChanged = watcher.wait(milliseconds: patience(watcher))
            }
        }
        retired += core.news.takeRetired()
    }

    private func patience(_ watcher: RepositoryWatcher) -> Int32 {
        if !retired.isEmpty { return Self.freeingMilliseconds }
        if trimDue != nil { return Int32(Self.trimMilliseconds) }
        return watcher.isWatching ? -1 : Self.pollMilliseconds
    }

    /// Waits until nothing has changed for a moment.
    private func settle(_ watcher: RepositoryWatcher) {
        for _ in 0..<Self.greatestPatience {
            var watched: [String] = []
            // A folder may come between the look and the watch of the one that it is in.
            while case let present = folders(), present != watched {
                watcher.watch(present)
                watched = present
            }
            if !watcher.wait(milliseconds: Self.quietMilliseconds)
                || core.loaderStopping.load(ordering: .acquiring)
            {
                return
            }
        }
    }

    /// The models' and versions' folders, relative to the repository.
    private func folders() -> [String] {
        guard let entries = try? repository.scan() else { return [] }
        return Set(entries.map(\.model)).sorted()
            + entries.filter { $0.version > 0 }.map { "\($0.model)/\($0.version)" }
    }

    // Looking.

    /// Brings what is served in line with the repository.
    private func refresh() throws(BundleError) {
        let found = try repository.scan()
        for entry in found where entry.version == 0 {
            if case .unusable(let reason) = entry.kind {
                complain(entry.model, reason, metadata: ["model": .string(entry.model)])
            }
        }
        previous = known
        known = []
        defer { previous = [] }
        for (_, versions) in Dictionary(grouping: found.filter { $0.version > 0 }, by: \.model)
            .sorted(by: { $0.key < $1.key })
        {
            follow(versions)
        }
        for gone in previous where !known.contains(where: { $0.model == gone.model && $0.version == gone.version }) {
            if gone.served != nil {
                logger.info("model withdrawn", metadata: Self.metadata(gone.model, gone.version))
            }
        }
        publish()
    }

    /// Deals with one model's versions, newest first, as far as its policy wants them.
    private func follow(_ versions: [ModelRepository.Entry]) {
        let settings = configuration.settings(of: versions[0].model)
        var wanted: Int
        switch settings.versionPolicy {
        case .latest: wanted = 1
        case .newest(let count): wanted = count
        case .all: wanted = .max
        }
        for entry in versions.sorted(by: { $0.version > $1.version }) where wanted > 0 {
            let last = previous.first { $0.model == entry.model && $0.version == entry.version }
            let now = follow(entry, last, settings)
            if now.served != nil { wanted -= 1 }
            known.append(now)
        }
    }

    private func follow(_ entry: ModelRepository.Entry, _ last: Known?, _ settings: ModelSettings) -> Known {
        var now = last ?? Known(model: entry.model, version: entry.version)
        if case .unusable(let reason) = entry.kind {
            // What is served already goes on while its files are being replaced.
            if now.served == nil, now.failure != reason {
                now.failure = reason
                refuse(entry, BundleError(reason))
            }
            now.stamp = nil
            return now
        }
        let files = repository.stamps(entry)
        let mayWork = now.failure != nil && (now.awaitsMemory || files != now.failedFiles)
        if last != nil, now.stamp == entry.stamp, !mayWork { return now }
        now.stamp = entry.stamp
        lacksMemory = false
        do throws(BundleError) {
            now.served = try load(entry, settings)
            now.failure = nil
        } catch {
            if now.failure != error.description, !(now.awaitsMemory && lacksMemory) { refuse(entry, error) }
            now.failure = error.description
            now.failedFiles = files
        }
        now.awaitsMemory = lacksMemory
        return now
    }

    private func load(_ entry: ModelRepository.Entry, _ settings: ModelSettings) throws(BundleError) -> ServedModel {
        let bundle = try repository.open(entry)
        let needed = ModelBuilder.memoryBytes(bundle)
        if let available = availableBytes, needed > available {
            lacksMemory = true
            throw BundleError(
                file: Bundle.modelName,
                "loading it takes about \(needed) bytes; the memory budget has \(max(available, 0)) left")
        }
        generations += 1
        let model = try builder.build(bundle, stamp: entry.stamp, generation: generations, settings: settings)
        loads.append(Load(model: model))
        var metadata = Self.metadata(entry.model, entry.version)
        metadata["generation"] = .stringConvertible(model.generation)
        metadata["run_us"] = .stringConvertible(model.costs.microseconds(rows: 1).rounded())
        metadata["max_batch"] = .stringConvertible(model.maximumRows)
        logger.info("model loaded", metadata: metadata)
        return model
    }

    /// What the memory budget leaves beside every load that is not freed yet; nil: there is no budget.
    private var availableBytes: Int? {
        loads.removeAll { $0.model == nil }
        guard configuration.memoryBudgetBytes > 0 else { return nil }
        return configuration.memoryBudgetBytes - loads.reduce(0) { $0 + ($1.model?.memoryBytes ?? 0) }
    }

    private func publish() {
        core.news.publish(
            known.map { known in
                let state: ModelNews.Version.State =
                    known.served.map { .ready($0) } ?? .failed(reason: known.failure ?? "it was not looked at")
                return ModelNews.Version(name: known.model, version: known.version, state: state)
            })
        core.signal.wake()
    }

    // Freeing.

    /// Frees the retired loads that no lane holds any more.
    /// - Returns: whether there were any.
    private func freeRetired() -> Bool {
        retired += core.news.takeRetired()
        let count = retired.count
        for index in retired.indices.reversed() where isKnownUniquelyReferenced(&retired[index]) {
            let model = retired.remove(at: index)
            logger.debug("model freed", metadata: Self.metadata(model.name, model.version))
        }
        if retired.count < count {
            // What the loads held goes back to the system.
            inferd_trim_memory()
        }
        return retired.count < count
    }

    /// Gives memory back a moment after it was asked for: by then more has come free.
    private func trimIfDue() {
        let now = MonotonicTime.now()
        if core.news.takeTrimRequest() {
            trimDue = trimDue ?? now.advanced(byMilliseconds: Self.trimMilliseconds)
        }
        guard let due = trimDue, now >= due else { return }
        trimDue = nil
        inferd_trim_memory()
    }

    // Saying.

    private func reportStuckThreads() {
        for thread in core.news.takeStuckThreads() {
            logger.error(
                "a run of a model took too long and was told to stop",
                metadata: ["thread": .stringConvertible(thread)])
        }
    }

    private func refuse(_ entry: ModelRepository.Entry, _ error: BundleError) {
        var metadata = Self.metadata(entry.model, entry.version)
        metadata["reason"] = .string(error.message)
        if !error.file.isEmpty {
            metadata["file"] = .string(error.file)
        }
        logger.error("model refused", metadata: metadata)
    }

    private func complain(_ what: String, _ reason: String, metadata: Logger.Metadata) {
        guard complaints.insert("\(what): \(reason)").inserted else { return }
        var metadata = metadata
        metadata["reason"] = .string(reason)
        logger.error("model refused", metadata: metadata)
    }

    private static func metadata(_ model: String, _ version: UInt64) -> Logger.Metadata {
        ["model": .string(model), "version": .stringConvertible(version)]
    }
}
