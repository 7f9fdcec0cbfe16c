import Glibc

/// Runs a property under many seeds, and says which one failed, also where the code under test traps.
///
/// Any seed is run again alone by
/// `INFERD_TEST_SEED=<seed> swift test --disable-xctest --filter <test>`.
package enum SeedSweep {
    /// A seed that failed, and why.
    package struct Failure: Error, CustomStringConvertible {
        package let test: String
        package let seed: UInt64
        package let reason: any Error

        package var description: String {
            "\(reason) - again by: INFERD_TEST_SEED=\(seed) swift test --disable-xctest --filter \(test)"
        }
    }

    /// - Parameters:
    ///   - test: name of the test function.
    ///   - seeds: how many, one after the other from one drawn at random, unless the environment names one.
    package static func run(
        _ test: String, seeds: Int, _ property: (inout SeededGenerator) throws -> Void
    ) throws(Failure) {
        let given = SeededGenerator.seedFromEnvironment
        let first = given ?? UInt64.random(in: 0...UInt64.max)
        defer { TrapNotice.clear() }
        for offset in 0..<(given == nil ? seeds : 1) {
            let seed = first &+ UInt64(offset)
            TrapNotice.set("\(test): trapped with INFERD_TEST_SEED=\(seed)\n")
            var generator = SeededGenerator(seed: seed)
            do {
                try property(&generator)
            } catch {
                throw Failure(test: test, seed: seed, reason: error)
            }
        }
    }
}

/// What is written to standard error when the thread's code traps. A trap ends the process, so that
/// nothing else could say under which seed it happened.
private enum TrapNotice {
    private static let capacity = 256

    /// Each thread's own text, NUL-terminated.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        unsafe pthread_key_create(&key) { unsafe $0?.deallocate() }
        for signal in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS] {
            install(signal)
        }
        return key
    }()

    static func set(_ text: String) {
        let stored = unsafe pthread_getspecific(key)
        let memory = unsafe stored ?? UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 1)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
        unsafe UnsafeMutableRawBufferPointer(start: memory, count: capacity - 1)
            .copyBytes(from: text.utf8.prefix(capacity - 1))
        unsafe pthread_setspecific(key, memory)
    }

    static func clear() {
        unsafe pthread_getspecific(key)?.deallocate()
        pthread_setspecific(key, nil)
    }

    /// Only calls what a signal handler may; then the signal takes its usual course.
    private static func install(_ number: Int32) {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { number in
            if let text = unsafe pthread_getspecific(TrapNotice.key) {
                unsafe _ = write(STDERR_FILENO, text, strlen(text.assumingMemoryBound(to: CChar.self)))
            }
            signal(number, SIG_DFL)
            raise(number)
        }
        unsafe sigaction(number, &action, nil)
    }
}
