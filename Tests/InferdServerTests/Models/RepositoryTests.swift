import Foundation
import InferdBase
import InferdServer
import InferdTestSupport
import InferdWire
import Testing

/// What is served follows the repository, within the settings.
struct RepositoryTests {
    private func versions(_ server: DirectedServer) throws -> [UInt64] {
        let client = try server.connect()
        try client.send { $0.writeModels() }
        guard case .models(let models) = try client.receive().body else { return [] }
        return models.filter { $0.state == .ready }.map(\.version)
    }

    private func waitForVersions(_ server: DirectedServer, _ wanted: [UInt64]) throws {
        let end = ContinuousClock.now + .seconds(20)
        var found: [UInt64] = []
        repeat {
            found = try versions(server)
        } while found != wanted && ContinuousClock.now < end
        #expect(found == wanted)
    }

    @Test func theVersionsOfThePolicyAreServed() throws {
        let policies: [(policy: ModelSettings.VersionPolicy, two: [UInt64], three: [UInt64], rest: [UInt64])] = [
            (.latest, [2], [3], [2]), (.newest(2), [1, 2], [2, 3], [1, 2]), (.all, [1, 2], [1, 2, 3], [1, 2]),
        ]
        for (policy, two, three, rest) in policies {
            let server = try DirectedServer { $0.modelSettings["stub"] = self.settings(policy) }
            try waitForVersions(server, [1])
            try server.server.addPlain("stub", 2)
            try waitForVersions(server, two)
            try server.server.addPlain("stub", 3)
            try waitForVersions(server, three)
            let client = try server.connect()
            for version: UInt64 in 1...3 {
                try client.ask(5, version: version, bypass: true)
                let reply = try client.receive()
                if three.contains(version) {
                    #expect(reply.row?.first == 5)
                } else {
                    #expect(reply.error?.code == .notFound)
                    #expect(reply.error?.field == "version")
                }
            }
            // An older one takes the place of one that goes.
            try server.server.remove("stub/3")
            try waitForVersions(server, rest)
        }
    }

    private func settings(_ policy: ModelSettings.VersionPolicy) -> ModelSettings {
        var settings = ModelSettings(queueLength: Limits.queueLength)
        settings.versionPolicy = policy
        settings.maximumBatch = 1
        return settings
    }

    @Test func whatIsInFlightOutlivesItsModel() throws {
        let server = try DirectedServer(workers: 2)
        let busy = try server.occupy(workers: 2)
        let client = try server.connect()
        try client.ask(5)
        try server.waitForQueue(1)
        try server.server.remove("stub")
        #expect(try server.waitForStats { $0.models.isEmpty })
        let newcomer = try server.connect()
        try newcomer.ask(5)
        #expect(try newcomer.receive().error?.code == .notFound)
        // Another takes its place while the old one's lanes are open.
        try server.server.addPlain("stub", 1)
        server.gate.open()
        #expect(try server.waitForStats { $0.models.count == 1 })
        #expect(try client.receive().row?.first == 5)
        #expect(try busy.receive(2).values.allSatisfy { $0.error == nil })
        try newcomer.ask(5)
        let reply = try newcomer.receive()
        #expect(reply.cache == .miss)
        #expect(reply.row?.first == 5)
        try server.expectSettled()
    }

    @Test func aLoadBeyondTheMemoryBudgetWaitsForRoom() throws {
        let log = LogBook()
        // A load is taken to hold twice its file.
        let server = try DirectedServer(log: log) { $0.memoryBudgetBytes = 5_000 }
        try server.server.addPlain("stub", 2, bytes: 2_000)
        try waitForVersions(server, [1, 2])
        try server.server.addPlain("stub", 3, bytes: 1_000)
        let refusals = { log.lines.filter { $0.contains("model refused") && $0.contains("memory budget") } }
        let end = ContinuousClock.now + .seconds(20)
        while refusals().isEmpty, ContinuousClock.now < end { usleep(1_000) }
        #expect(try versions(server) == [1, 2])
        let client = try server.connect()
        try client.ask(5, version: 3)
        #expect(try client.receive().error?.code == .unavailable)
        try client.ask(5, version: 2)
        #expect(try client.receive().error == nil)
        // Others change the repository meanwhile; the refusal is not repeated.
        try server.server.addPlain("other", 1)
        try waitForVersions(server, [1, 1, 2])
        #expect(refusals().count == 1, "\(log.lines)")
        try server.server.remove("stub/2")
        try waitForVersions(server, [1, 1, 3])
        #expect(refusals().count == 1, "\(log.lines)")
    }

    @Test func aVersionThatFailsIsLoggedOnce() throws {
        let log = LogBook()
        let server = try DirectedServer(log: log)
        // A bundle that nobody completes.
        let folder = server.server.directory.appending("models/stub/2")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data([0]).write(to: URL(fileURLWithPath: "\(folder)/model.onnx"))
        try Data("format: 1".utf8).write(to: URL(fileURLWithPath: "\(folder)/model.yaml"))
        let refusals = { log.lines.filter { $0.contains("model refused") } }
        let end = ContinuousClock.now + .seconds(20)
        while refusals().isEmpty, ContinuousClock.now < end { usleep(1_000) }
        for version in 3...5 {
            try server.server.addPlain("stub", version)
            try waitForVersions(server, [1] + (3...version).map(UInt64.init))
        }
        #expect(refusals().count == 1, "\(log.lines)")
        #expect(refusals().first?.contains("no MANIFEST") == true)
        let client = try server.connect()
        try client.ask(5, version: 2)
        #expect(try client.receive().error?.code == .unavailable)
    }
}
