import Foundation
import InferdBase

/// Runs code as the user nobody, for whom a file's mode counts; it does not for root.
enum Unprivileged {
    struct Unavailable: Error {}

    /// On a thread of its own, because the kernel holds a file system user for each thread. Changing it
    /// from root takes the thread's rights to pass over modes away too.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) throws -> Result {
        guard geteuid() == 0 else { return try body() }
        let outcome = Locked<Swift.Result<Result, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        let box = Box(outcome: outcome)
        Thread.detachNewThread {
            box.outcome.withLock { outcome in
                outcome = Swift.Result {
                    try becomeNobody()
                    return try body()
                }
            }
            done.signal()
        }
        done.wait()
        guard let result = box.outcome.withLock({ $0 }) else { throw Unavailable() }
        return try result.get()
    }

    private final class Box<Result: Sendable>: Sendable {
        let outcome: Locked<Swift.Result<Result, any Error>?>

        init(outcome: Locked<Swift.Result<Result, any Error>?>) {
            self.outcome = outcome
        }
    }

    private static func becomeNobody() throws {
        typealias SetUser = @convention(c) (UInt32) -> Int32
        // Sound: the C library's `setfsuid` has this signature; Swift's overlay does not list it.
        guard let symbol = unsafe dlsym(nil, "setfsuid") else { throw Unavailable() }
        let setUser = unsafe unsafeBitCast(symbol, to: SetUser.self)
        _ = setUser(65_534)
        // It tells the user before, never a failure.
        guard setUser(65_534) == 65_534 else { throw Unavailable() }
    }
}
