import Glibc
import InferdBase

/// A server started for a benchmark. What it writes goes to a file; it is ended by its number.
final class ChildProcess {
    let name: String
    private let processID: pid_t
    private let logPath: String
    private let started: MonotonicTime
    private var isRunning = true
    /// The end that is written to of a pipe that the program reads; -1: it reads nothing.
    private var input: Int32 = -1

    /// Starts the program at `path`, its standard output and error going to the file at `logPath`.
    /// - Parameter holdsInput: its standard input is a pipe that stays empty and open as long as this value.
    init(path: String, arguments: [String], logPath: String, holdsInput: Bool = false) throws(BenchError) {
        name = String(path.split(separator: "/").last ?? "")
        self.logPath = logPath
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        var ends: [Int32] = [-1, -1]
        if holdsInput {
            if unsafe pipe(&ends) != 0 { throw BenchError("pipe", errno: errno) }
            // No child is to hold the other end.
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            unsafe posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        defer { if ends[0] >= 0 { close(ends[0]) } }
        input = ends[1]
        unsafe posix_spawn_file_actions_addopen(&actions, 1, logPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Whoever runs the benchmark may have blocked signals, which a server is ended by.
        var attributes = posix_spawnattr_t()
        var noSignals = sigset_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe sigemptyset(&noSignals)
        unsafe posix_spawnattr_setsigmask(&attributes, &noSignals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // The copies live until the call returns, which has taken what it needs by then.
        var words: [UnsafeMutablePointer<CChar>?] = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        started = .now()
        var processID: pid_t = 0
        let outcome = unsafe posix_spawn(&processID, path, &actions, &attributes, &words, environ)
        if outcome != 0 { throw BenchError("cannot start \(path)", errno: outcome) }
        self.processID = processID
        RunningChildren.add(processID)
    }

    deinit {
        if input >= 0 { close(input) }
        if isRunning {
            kill(processID, SIGKILL)
            waitpid(processID, nil, 0)
            RunningChildren.remove(processID)
        }
    }

    /// Waits until the log has a line with `word` and returns it, with the seconds since the start.
    func waitForLine(with word: String) throws(BenchError) -> (line: String, seconds: Double) {
        let limit = started.advanced(byMilliseconds: 20_000)
        while true {
            let now = MonotonicTime.now()
            if let line = try log().split(separator: "\n").first(where: { $0.contains(word) }) {
                return (String(line), Double(now.nanoseconds(since: started)) / 1e9)
            }
            if hasEnded() { throw BenchError("\(name) ended before it was ready: \(try log().suffix(400))") }
            if now > limit { throw BenchError("\(name) was not ready within 20 s: \(try log().suffix(400))") }
            usleep(500)
        }
    }

    /// CPU time of all its threads so far, in nanoseconds.
    func cpuNanoseconds() throws(BenchError) -> UInt64 {
        var clock = clockid_t()
        let outcome = unsafe clock_getcpuclockid(processID, &clock)
        if outcome != 0 { throw BenchError("the CPU clock of \(name)", errno: outcome) }
        var time = timespec()
        if unsafe clock_gettime(clock, &time) != 0 { throw BenchError("the CPU clock of \(name)", errno: errno) }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// CPU time of its thread of that name so far, in nanoseconds.
    func cpuNanoseconds(ofThread name: String) throws(BenchError) -> UInt64 {
        for thread in try threads() {
            let folder = "/proc/\(processID)/task/\(thread)"
            guard try WholeFile.read("\(folder)/comm").dropLast() == name else { continue }
            // The first number is the time on a processor (the kernel's Documentation/scheduler/sched-stats.rst).
            let numbers = try WholeFile.read("\(folder)/schedstat").split(separator: " ")
            if let time = numbers.first.flatMap({ UInt64($0) }) { return time }
        }
        throw BenchError("the kernel does not tell the CPU time of \(self.name)'s thread \(name)")
    }

    /// The most memory it has had resident, in bytes.
    func peakResidentBytes() throws(BenchError) -> Int {
        let status = try WholeFile.read("/proc/\(processID)/status")
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(separator: " ", omittingEmptySubsequences: true).dropFirst().first.flatMap({
                Int($0)
            })
        else {
            throw BenchError("the kernel does not tell the peak memory of \(name)")
        }
        return kibibytes * 1024
    }

    /// The numbers of its threads.
    func threads() throws(BenchError) -> [pid_t] {
        try Directory.names(in: "/proc/\(processID)/task").compactMap { pid_t($0) }
    }

    /// Asks it to end and waits for it.
    func stop() throws(BenchError) {
        kill(processID, SIGTERM)
        let limit = MonotonicTime.now().advanced(byMilliseconds: 15_000)
        while !hasEnded() {
            if MonotonicTime.now() > limit { throw BenchError("\(name) did not end within 15 s of SIGTERM") }
            usleep(500)
        }
    }

    private func hasEnded() -> Bool {
        guard isRunning else { return true }
        if waitpid(processID, nil, WNOHANG) == processID {
            isRunning = false
            RunningChildren.remove(processID)
        }
        return !isRunning
    }

    private func log() throws(BenchError) -> String {
        try WholeFile.read(logPath)
    }
}
