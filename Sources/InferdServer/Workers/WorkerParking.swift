import CLinux
import InferdBase
import Synchronization

/// Where workers without work sleep, each on a futex of its own.
///
/// A worker says that it sleeps and then looks for work once more; who adds work looks for sleepers
/// afterwards. The fences between these make sure that one of the two sees the other, so that no work
/// waits for a worker that sleeps. Waking costs nothing while nobody sleeps.
final class WorkerParking: Sendable {
    /// One bit for each sleeping worker.
    private let sleepers = Atomic<UInt64>(0)
    private let words: FixedArray<Atomic<UInt32>>

    init(workers: Int) {
        precondition(workers >= 1 && workers <= ServerConfiguration.maximumWorkers)
        words = FixedArray(count: workers) { _ in Atomic(0) }
    }

    /// Wakes one sleeping worker, if there is one, for work that the caller has added.
    func wakeOne() {
        // Pairs with the fence in `announce`.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        var seen = sleepers.load(ordering: .relaxed)
        while seen != 0 {
            let worker = seen.trailingZeroBitCount
            let (exchanged, now) = sleepers.weakCompareExchange(
                expected: seen, desired: seen & ~(1 << UInt64(worker)), ordering: .acquiringAndReleasing)
            if exchanged {
                wake(worker)
                return
            }
            seen = now
        }
    }

    /// Workers that sleep, or are about to.
    var sleeperCount: Int {
        sleepers.load(ordering: .relaxed).nonzeroBitCount
    }

    func wakeAll() {
        for worker in 0..<words.count {
            wake(worker)
        }
    }

    private func wake(_ worker: Int) {
        words[worker].store(1, ordering: .releasing)
        unsafe inferd_futex_wake_one(word(worker))
    }

    /// The worker is about to sleep; it must look for work once more before `sleep`.
    func announce(_ worker: Int) {
        sleepers.bitwiseOr(1 << UInt64(worker), ordering: .acquiringAndReleasing)
        // Pairs with the fence in `wakeOne`.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
    }

    /// The worker found work after all. A wake-up that was spent on it meanwhile, for other work perhaps, is
    /// passed on to one that sleeps; it also makes this worker's next sleep end at once.
    func withdraw(_ worker: Int) {
        if !clear(worker) {
            wakeOne()
        }
    }

    /// False when somebody has chosen the worker to be woken.
    @discardableResult
    private func clear(_ worker: Int) -> Bool {
        let bit: UInt64 = 1 << UInt64(worker)
        return sleepers.bitwiseAnd(~bit, ordering: .acquiringAndReleasing).oldValue & bit != 0
    }

    /// Sleeps until woken; may end early.
    /// - Parameter nanoseconds: how long at most; 0: without end.
    func sleep(_ worker: Int, nanoseconds: UInt64 = 0) {
        if words[worker].load(ordering: .acquiring) == 0 {
            unsafe inferd_futex_wait(word(worker), 0, nanoseconds)
        }
        words[worker].store(0, ordering: .relaxed)
        clear(worker)
    }

    /// The futex's address: an atomic of 32 bits is laid out as its value is.
    private func word(_ worker: Int) -> UnsafePointer<UInt32> {
        unsafe UnsafeRawPointer(words.address(of: worker)).assumingMemoryBound(to: UInt32.self)
    }
}
