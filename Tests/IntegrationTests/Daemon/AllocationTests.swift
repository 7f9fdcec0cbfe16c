import Foundation
import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// What the daemon asks the C library for while it answers, counted by a library that is loaded before it.
struct AllocationTests {
    private let directory: TemporaryDirectory
    private let folder: ModelFolder
    private let daemon: DaemonProcess

    init() throws {
        directory = try TemporaryDirectory()
        folder = try ModelFolder()
        try folder.addEcho("echo")
        try Data(count: 8).write(to: URL(fileURLWithPath: directory.appending("count")))
        // No answer grows old while the test runs.
        try Data("cache_ttl_ms: 3600000\n".utf8).write(to: URL(fileURLWithPath: directory.appending("config.yaml")))
        let place = try TemporaryDirectory()
        daemon = try DaemonProcess(
            directory: place,
            flags: [
                "--models", folder.path, "--listen", "unix:\(place.appending("s"))", "--config",
                directory.appending("config.yaml"),
            ],
            environment: [
                "LD_PRELOAD": DaemonProcess.productDirectory
                    .appendingPathComponent("libinferd-allocation-counter.so").path,
                "INFERD_ALLOCATION_COUNT": directory.appending("count"),
            ])
        try daemon.waitUntilReady()
    }

    private var count: UInt64 {
        get throws {
            // The file has eight bytes.
            unsafe try Data(contentsOf: URL(fileURLWithPath: directory.appending("count")))
                .withUnsafeBytes { unsafe $0.loadUnaligned(as: UInt64.self) }
        }
    }

    /// Asks for one row's answer so many times, as many at once as a connection may have in flight.
    private func ask(_ client: TestClient, times: Int, bypass: Bool) throws {
        let row = TensorValues([1, 2, 3, 4])
        for _ in 0..<times / 50 {
            for _ in 0..<50 {
                try client.send(model: "echo", bypass: bypass) { $0.writeInfer([row], outputs: []) }
            }
            for _ in 0..<50 {
                let reply = try client.receive()
                try #require(reply.error == nil, "\(reply)")
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func answersOutOfTheCacheAllocateNothing() throws {
        let client = try TestClient(path: daemon.socketPath)
        try ask(client, times: 1_000, bypass: false)
        let stats = try client.stats()
        // The first fifty came before there was an answer.
        #expect(stats.cache.misses <= 50)
        let before = try count
        #expect(before > 0)
        try ask(client, times: 10_000, bypass: false)
        let after = try count
        #expect(try client.stats().cache.hits >= stats.cache.hits + 10_000)
        // None on a quiet machine. A burst of 50 that is read in parts may have a buffer grow; one for each answer
        // would be 10,000.
        #expect(after - before <= 200, "\(after - before) allocations for 10,000 answers")
        // What is computed allocates, and is seen to.
        let computed = try count
        try ask(client, times: 1_000, bypass: true)
        #expect(try count > computed)
    }
}
