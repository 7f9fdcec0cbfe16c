import CLinux
import Glibc

/// A thread of the system's own, for what must not run on Swift's task pool: it may block, is bound to
/// a processor, and has a nice value.
@safe
package final class PinnedThread: @unchecked Sendable {
    private final class Start: Sendable {
        let name: String
        let processor: Int32?
        let nice: Int32
        let body: @Sendable () -> Void

        init(name: String, processor: Int32?, nice: Int32, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.processor = processor
            self.nice = nice
            self.body = body
        }
    }

    private let thread: pthread_t

    /// - Parameters:
    ///   - name: at most 15 bytes, as the system shows it.
    ///   - processor: where the thread is bound; nil: anywhere.
    ///   - nice: added to the process's own.
    package init(
        name: String, processor: Int32?, nice: Int32, body: @escaping @Sendable () -> Void
    ) throws(ServerError) {
        let start = unsafe Unmanaged.passRetained(Start(name: name, processor: processor, nice: nice, body: body))
        var thread = pthread_t()
        let failure = unsafe pthread_create(
            &thread, nil,
            { argument in
                // The creator passed one reference, which is ours.
                let start = unsafe Unmanaged<Start>.fromOpaque(argument.unsafelyUnwrapped).takeRetainedValue()
                unsafe inferd_name_thread(start.name)
                if let processor = start.processor {
                    // Where binding is forbidden, the scheduler's choice serves as well.
                    _ = inferd_bind_thread(processor)
                }
                if start.nice != 0 {
                    _ = inferd_set_thread_nice(start.nice)
                }
                start.body()
                return nil
            }, start.toOpaque())
        if failure != 0 {
            unsafe start.release()
            throw ServerError.system("cannot start a thread", errno: failure)
        }
        self.thread = thread
    }

    /// Waits for the thread's end; once only.
    func join() {
        pthread_join(thread, nil)
    }
}
