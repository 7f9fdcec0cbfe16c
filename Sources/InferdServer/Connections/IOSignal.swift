import CLinux
import InferdBase
import Synchronization

/// How other threads make the I/O thread look at a connection.
///
/// A mark costs a wake-up only while the I/O thread sleeps: it says so before it sleeps and looks at
/// the marks once more, whoever marks looks at that flag afterwards, and both accesses are sequentially
/// consistent, so that one of the two always sees the other.
final class IOSignal: Sendable {
    /// To be polled for reading.
    let descriptor: Int32
    private let marks: FixedArray<Atomic<UInt64>>
    private let sleeping = Atomic(false)

    init(slots: Int) throws(ServerError) {
        descriptor = inferd_wake_create()
        if descriptor < 0 {
            throw ServerError.system("cannot make the I/O thread's wake-up", errno: -descriptor)
        }
        marks = FixedArray(count: (slots + 63) / 64) { _ in Atomic(0) }
    }

    deinit {
        closeDescriptor(descriptor)
    }

    /// Any thread: makes the I/O thread look at `slot`.
    func mark(_ slot: UInt32) {
        marks[Int(slot / 64)].bitwiseOr(1 << UInt64(slot % 64), ordering: .sequentiallyConsistent)
        wake()
    }

    /// Any thread: makes the I/O thread take another turn.
    func wake() {
        if sleeping.load(ordering: .sequentiallyConsistent),
            sleeping.exchange(false, ordering: .sequentiallyConsistent)
        {
            _ = inferd_wake_signal(descriptor)
        }
    }

    /// The I/O thread is about to sleep; false when there is something to do first.
    func beginSleep() -> Bool {
        sleeping.store(true, ordering: .sequentiallyConsistent)
        for word in 0..<marks.count where marks[word].load(ordering: .sequentiallyConsistent) != 0 {
            sleeping.store(false, ordering: .relaxed)
            return false
        }
        return true
    }

    func endSleep() {
        sleeping.store(false, ordering: .sequentiallyConsistent)
    }

    /// The I/O thread takes one group of 64 marks, clearing them; bit `n` is slot `64 * group + n`.
    func takeMarks(group: Int) -> UInt64 {
        if marks[group].load(ordering: .relaxed) == 0 { return 0 }
        return marks[group].exchange(0, ordering: .acquiring)
    }

    var groupCount: Int { marks.count }
}
