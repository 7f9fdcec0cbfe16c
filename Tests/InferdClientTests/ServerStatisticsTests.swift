import InferdClient
import InferdTestSupport
import InferdWire
import Testing

struct ServerStatisticsTests {
    @Test func accuracyComesAsTheDaemonSaysIt() async throws {
        var near = StatsValues.Accuracy()
        (near.model, near.version, near.horizonFrom, near.horizonTo) = ("load", .max, 1, 1)
        (near.points, near.mae, near.smape, near.coveragePoints, near.coverage) = (9, 0.5, 0.25, 4, 0.75)
        var far = near
        (far.horizonFrom, far.horizonTo, far.coveragePoints, far.coverage) = (2, 6, 0, 0)
        // Steps ahead that are none come from no daemon of ours.
        var wrong = near
        (wrong.horizonFrom, wrong.horizonTo) = (2, 1)
        let server = try ScriptedServer { [near, far, wrong] request, writer in
            var stats = StatsValues()
            stats.accuracy = [near, wrong, far]
            writer.beginFrame(id: request.envelope.id)
            writer.writeStats(stats)
            writer.endFrame()
            return .goOn
        }
        let client = try await Client.connect(to: ServerAddress(parsing: server.address))
        let accuracy = try await client.stats().accuracy
        #expect(accuracy.map(\.model) == ["load", "load"])
        #expect(accuracy.map(\.version) == [.max, .max])
        #expect(accuracy.map(\.horizon) == [1...1, 2...6])
        #expect(accuracy.map(\.points) == [9, 9])
        #expect(accuracy.map(\.mae) == [0.5, 0.5])
        #expect(accuracy.map(\.smape) == [0.25, 0.25])
        #expect(accuracy.map(\.coverage) == [0.75, nil])
    }
}
