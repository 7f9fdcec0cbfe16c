import Foundation
import InferdTestSupport
import InferdWire
import Synchronization
import Testing

/// Swaps while clients ask without a pause: nobody notices but by the answers' version, and nothing is left
/// behind in memory.
struct SwapUnderLoadTests {
    /// Odd versions are the first bundle, even ones the second.
    private static let bundles = ["auto", "scaler-robust"]
    private static let swaps = ProcessInfo.processInfo.environment["INFERD_SWAPS"].flatMap { Int($0) } ?? 20
    private static let clients = 4
    private static let histories = 8
    private static let greatestSlope = 50.0

    /// What the clients have seen.
    private final class Findings: Sendable {
        let isOver = Atomic(false)
        let answers = Atomic(0)
        let versions = Mutex<Set<UInt64>>([])
        let faults = Mutex<[String]>([])

        func report(_ fault: String) {
            faults.withLock { faults in
                if faults.count < 10 { faults.append(fault) }
            }
        }
    }

    /// By parity of the version, then by history, what is right.
    private static func expected() throws -> [[[Double]]] {
        try [bundles[1], bundles[0]].map { bundle in
            let repository = try SwapRepository()
            try repository.add(bundle, version: 1)
            let daemon = try DaemonProcess(models: repository.path)
            let client = try TestClient(path: daemon.socketPath)
            return try (0..<histories).map { seed in
                try client.askSwapped(seed: seed)
                return try client.receiveForecast().values
            }
        }
    }

    /// Asks until it is over, with several requests in flight.
    private static func ask(_ client: TestClient, _ number: Int, _ expected: [[[Double]]], _ findings: Findings) {
        var seeds: [UInt64: Int] = [:]
        var asked = number
        do {
            while !findings.isOver.load(ordering: .relaxed) || !seeds.isEmpty {
                while seeds.count < 8, !findings.isOver.load(ordering: .relaxed) {
                    asked += 1
                    let seed = asked % histories
                    seeds[try client.askSwapped(seed: seed, bypass: asked % 3 != 0)] = seed
                }
                let reply = try client.receive()
                guard case .predict(let forecast) = reply.body, let seed = seeds.removeValue(forKey: reply.id) else {
                    findings.report("\(reply)")
                    seeds[reply.id] = nil
                    continue
                }
                let right = expected[Int(forecast.version % 2)][seed]
                let isRight = zip(forecast.values, right).allSatisfy { abs($0 - $1) <= 1e-3 * max(abs($1), 1) }
                if forecast.values.count != right.count || !isRight {
                    findings.report("version \(forecast.version): expected \(right), found \(forecast.values)")
                }
                findings.answers.add(1, ordering: .relaxed)
                findings.versions.withLock { _ = $0.insert(forecast.version) }
            }
        } catch {
            findings.report("\(error)")
        }
    }

    @Test func swapsGoUnnoticed() throws {
        let expected = try Self.expected()
        // The bundles can be told apart by any answer.
        for (first, second) in zip(expected[0], expected[1]) {
            try #require(zip(first, second).allSatisfy { abs($0 - $1) > 1e-2 })
        }
        let repository = try SwapRepository()
        try repository.add(Self.bundles[0], version: 1)
        let settings = try repository.configure("log_level: debug")
        let daemon = try DaemonProcess(models: repository.path, arguments: ["--config", settings])
        let findings = Findings()
        let group = DispatchGroup()
        for number in 0..<Self.clients {
            // Each client is one thread's alone.
            nonisolated(unsafe) let client = try TestClient(path: daemon.socketPath)
            group.enter()
            Thread.detachNewThread {
                Self.ask(unsafe client, number, expected, findings)
                group.leave()
            }
        }
        var sizes: [Double] = []
        do {
            let observer = try TestClient(path: daemon.socketPath)
            for swap in 1...Self.swaps {
                try Self.swap(swap, repository, daemon, observer, findings)
                sizes.append(Double(try daemon.memory("VmRSS")))
            }
            findings.isOver.store(true, ordering: .relaxed)
        } catch {
            findings.isOver.store(true, ordering: .relaxed)
            findings.report("\(error)")
        }
        group.wait()
        #expect(findings.faults.withLock { $0 } == [])
        #expect(findings.versions.withLock { $0.count } == Self.swaps + 1)
        try expectSettled(daemon)
        let rest = Array(sizes.dropFirst(sizes.count / 4))
        let slope = Self.slope(rest)
        print(
            "\(Self.swaps) swaps, \(findings.answers.load(ordering: .relaxed)) answers, RSS \(Int(rest.first ?? 0)) to "
                + "\(Int(rest.last ?? 0)) KiB, \(slope.formatted(.number.precision(.fractionLength(1)))) KiB a swap")
        #expect(slope < Self.greatestSlope, "\(sizes)")
    }

    /// Version `swap + 1` comes and the one before goes; until it is freed.
    private static func swap(
        _ swap: Int, _ repository: SwapRepository, _ daemon: DaemonProcess, _ observer: TestClient, _ findings: Findings
    ) throws {
        let next = swap + 1
        try repository.add(bundles[swap % 2], version: next)
        let isDefault = try observer.waitForSwapped { $0.contains { $0.version == next && $0.isDefault } }
        if !isDefault { throw FrameSocket.Failure(description: "version \(next) does not come") }
        // Somebody has had its answer.
        let end = Date(timeIntervalSinceNow: 20)
        while !findings.versions.withLock({ $0.contains(UInt64(next)) }) {
            if Date.now > end { throw FrameSocket.Failure(description: "nobody is answered by version \(next)") }
            usleep(1_000)
        }
        try repository.remove(swap)
        try daemon.waitForLine(
            containing: "\"message\":\"model freed\",\"model\":\"swapped\",\"version\":\(swap)}", seconds: 20)
    }

    private func expectSettled(_ daemon: DaemonProcess) throws {
        let observer = try TestClient(path: daemon.socketPath)
        let end = Date(timeIntervalSinceNow: 20)
        var (received, settled): (UInt64, UInt64) = (0, 0)
        repeat {
            let stats = try observer.stats()
            received = stats.framesReceived - 1
            settled = stats.replies.reduce(0) { $0 + $1.count } + stats.framesAbandoned
        } while received != settled && Date.now < end
        #expect(received == settled)
    }

    /// By least squares, in units a step.
    private static func slope(_ values: [Double]) -> Double {
        let middle = Double(values.count - 1) / 2
        let mean = values.reduce(0, +) / Double(max(values.count, 1))
        var (above, below) = (0.0, 0.0)
        for (index, value) in values.enumerated() {
            above += (Double(index) - middle) * (value - mean)
            below += (Double(index) - middle) * (Double(index) - middle)
        }
        return below == 0 ? 0 : above / below
    }
}
