import Foundation
import InferdBase
import InferdEngine
import InferdTestSupport
import InferdWire
import Synchronization
import Testing

/// Many threads reply to connections that close, stall, end one side and use slots anew.
struct AdversaryTests {
    /// Waits until the sockets that are bound to `path` or were accepted there, by whoever holds them, are
    /// so many; how many there are at last.
    private func sockets(at path: String, expecting count: Int) throws -> Int {
        let end = Date(timeIntervalSinceNow: 10)
        while true {
            // A file of the system's is longer than it says, and is read to its end by a handle only.
            let file = try #require(FileHandle(forReadingAtPath: "/proc/net/unix"))
            let table = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
            let found = table.split(separator: "\n").count { $0.hasSuffix(" \(path)") }
            if found == count || Date.now > end { return found }
        }
    }

    @Test func whateverPeersDoEveryFrameIsAccountedForOnce() throws {
        let random = SeededGenerator(for: "whateverPeersDoEveryFrameIsAccountedForOnce")
        let runs = Atomic<Int>(0)
        let engine = StubEngine { () throws(EngineError) in
            // Now and then a run takes long enough for deadlines and cancels to come in between.
            let number = runs.add(1, ordering: .relaxed).newValue
            let until = MonotonicTime.now().advanced(byMilliseconds: number % 61 == 0 ? 4 : 0)
            while MonotonicTime.now() < until { sched_yield() }
        }
        let server = try TestServer(engine: engine, workers: 3)
        let end = Date(timeIntervalSinceNow: 4)
        let ended = DispatchGroup()
        let threads = 6
        for number in 0..<threads {
            ended.enter()
            Thread.detachNewThread { [path = server.path, seed = random.seed] in
                var adversary = Adversary(path: path, seed: seed &+ UInt64(number))
                while Date.now < end { adversary.act() }
                ended.leave()
            }
        }
        #expect(ended.wait(timeout: .now() + 60) == .success)
        let accounts = try server.accountsAtRest()
        #expect(accounts.received == accounts.settled)
        #expect(accounts.received > 1000)
        do {
            let client = try server.connect()
            #expect(try server.waitForStats(client) { $0.connectionsOpen == 1 && $0.requestsInFlight == 1 })
            // The listener's and the one that asks.
            let open = try sockets(at: server.path, expecting: 2)
            #expect(open == 2)
            let stats = try client.stats()
            #expect(stats.framesAbandoned > 0)
            #expect(stats.connectionsAccepted > 100)
            for code in [StatusCode.ok, .cancelled, .deadlineExceeded, .invalidArgument] {
                #expect(stats.replies.contains { $0.code == code }, "no reply was \(code.name)")
            }
            #expect(!stats.replies.contains { $0.code == .internal })
        }
        server.stop()
        let left = try sockets(at: server.path, expecting: 0)
        #expect(left == 0)
    }
}
