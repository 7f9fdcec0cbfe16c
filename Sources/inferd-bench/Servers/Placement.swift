import Glibc

/// Which processors the load and the servers run on. Left to itself the kernel puts a server now beside
/// its client and now on another processor, which changes an unloaded round trip several times over and
/// says nothing about either server: the two are kept apart, in the same way for both servers.
struct Placement {
    private let all: ProcessorMask

    init() throws(BenchError) {
        all = try ProcessorMask(of: 0)
    }

    /// What `apart` does here, for a measurement's conditions.
    var words: String {
        all.processors.count > 1 ? "load and server on processors of their own" : "load and server on one processor"
    }

    /// Runs `body` with the calling thread and what the daemons leave free to move on the last processor: their
    /// first worker, which each has bound itself, has the first to itself.
    func workersAlone<Value>(
        _ daemons: [ChildProcess], _ body: () throws(BenchError) -> Value
    ) throws(BenchError) -> Value {
        guard let last = all.processors.last else { return try body() }
        try move(daemons, to: last)
        return try onProcessor(last, body)
    }

    /// Runs `body` with the calling thread on the last processor and what the servers leave free to move
    /// on the first. A daemon's workers, which it has bound itself, stay where they are.
    func apart<Value>(
        _ servers: [ChildProcess], _ body: () throws(BenchError) -> Value
    ) throws(BenchError) -> Value {
        guard let first = all.processors.first, let last = all.processors.last, first != last else {
            return try body()
        }
        try move(servers, to: first)
        return try onProcessor(last, body)
    }

    private func move(_ servers: [ChildProcess], to processor: Int) throws(BenchError) {
        for server in servers {
            for thread in try server.threads() where try ProcessorMask(of: thread).processors.count > 1 {
                try ProcessorMask.only(processor).apply(to: thread)
            }
        }
    }

    private func onProcessor<Value>(
        _ processor: Int, _ body: () throws(BenchError) -> Value
    ) throws(BenchError) -> Value {
        try ProcessorMask.only(processor).apply(to: 0)
        // What is started later inherits the mask.
        defer { try? all.apply(to: 0) }
        return try body()
    }
}
