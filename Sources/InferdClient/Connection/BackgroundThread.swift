import CLinux
import Glibc

/// A detached thread that runs one closure.
enum BackgroundThread {
    /// Starts it; throws the system's error number when there can be no further thread.
    static func start(name: StaticString, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let job = Job(name: name, body: body)
        // SAFETY: `runJob` takes this reference over, and nobody else does when no thread started.
        let argument = unsafe Unmanaged.passRetained(job).toOpaque()
        let status = unsafe create(argument)
        if status != 0 {
            unsafe Unmanaged<Job>.fromOpaque(argument).release()
            throw SystemError(number: status)
        }
    }

    /// The thread takes no signals: those are for the program that uses this library.
    @unsafe
    private static func create(_ argument: UnsafeMutableRawPointer) -> Int32 {
        var everySignal = sigset_t()
        var callersSignals = sigset_t()
        unsafe sigfillset(&everySignal)
        unsafe pthread_sigmask(SIG_SETMASK, &everySignal, &callersSignals)
        var thread = pthread_t()
        let status = unsafe pthread_create(&thread, nil, runJob, argument)
        unsafe pthread_sigmask(SIG_SETMASK, &callersSignals, nil)
        if status == 0 { pthread_detach(thread) }
        return status
    }
}

private final class Job: Sendable {
    let name: StaticString
    let body: @Sendable () -> Void

    init(name: StaticString, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

@unsafe
private func runJob(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    // SAFETY: the argument is the reference that `start` retained for this thread.
    let job = unsafe Unmanaged<Job>.fromOpaque(argument).takeRetainedValue()
    // SAFETY: a static string's bytes live as long as the program.
    unsafe inferd_name_thread(UnsafeRawPointer(job.name.utf8Start).assumingMemoryBound(to: CChar.self))
    job.body()
    return nil
}
