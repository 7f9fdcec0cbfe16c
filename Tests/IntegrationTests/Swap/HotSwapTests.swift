import Foundation
import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// The real daemon follows its repository while it serves.
struct HotSwapTests {
    /// A daemon, its repository and a client.
    private final class Scene {
        let repository: SwapRepository
        let daemon: DaemonProcess
        let client: TestClient

        init() throws {
            repository = try SwapRepository()
            try repository.add("auto", version: 1)
            daemon = try DaemonProcess(models: repository.path, arguments: ["--workers", "1"])
            client = try TestClient(path: daemon.socketPath)
        }

        func forecast(version: UInt64 = 0) throws -> ForecastValues {
            try client.askSwapped(version: version)
            return try client.receiveForecast()
        }

        func lines(_ text: String, version: Int) -> [String] {
            daemon.logLines.filter { $0.contains(text) && $0.contains("\"version\":\(version)}") }
        }

        /// Adds a version that is served, so that all that came before it has been looked at.
        func pass(_ version: Int) throws {
            try repository.add("auto", version: version)
            #expect(try client.waitForSwapped { $0.contains { $0.version == version && $0.state == .ready } })
        }
    }

    @Test func aNewVersionBecomesTheDefault() throws {
        let scene = try Scene()
        let old = try scene.forecast()
        #expect(old.version == 1)
        try scene.repository.add("scaler-robust", version: 2)
        #expect(try scene.client.waitForSwapped { $0.contains { $0.version == 2 && $0.isDefault } })
        let new = try scene.forecast()
        #expect(new.version == 2)
        #expect(new.values != old.values)
        // The old one is there for who names it.
        #expect(try scene.forecast(version: 1).values == old.values)
    }

    @Test func aChangedBundleIsLoadedAnew() throws {
        let scene = try Scene()
        let old = try scene.forecast()
        #expect(try scene.forecast() == old)
        let generation = try scene.client.swappedVersions().first?.generation
        try scene.repository.replace(1, by: "scaler-robust")
        #expect(try scene.client.waitForSwapped { $0.first?.generation != generation && $0.first?.state == .ready })
        // The kept answer was the older load's.
        try scene.client.askSwapped()
        let reply = try scene.client.receive()
        #expect(reply.cache == .miss)
        guard case .predict(let new) = reply.body else {
            Issue.record("no forecast: \(reply)")
            return
        }
        #expect(new.version == 1)
        #expect(new.values != old.values)
        try scene.daemon.waitForLine(containing: "\"message\":\"model loaded\"", seconds: 20)
    }

    @Test func aRemovedModelIsNotFound() throws {
        let scene = try Scene()
        _ = try scene.forecast()
        try scene.repository.removeModel()
        let end = Date(timeIntervalSinceNow: 20)
        var reply = DecodedReply()
        repeat {
            try scene.client.askSwapped()
            reply = try scene.client.receive()
        } while reply.error == nil && Date.now < end
        #expect(reply.error?.code == .notFound)
        try scene.daemon.waitForLine(containing: "\"message\":\"model withdrawn\"", seconds: 20)
        // It may come back.
        try scene.repository.add("auto", version: 1)
        #expect(try scene.client.waitForSwapped { $0.contains { $0.state == .ready } })
        #expect(try scene.forecast().version == 1)
    }

    @Test func aCopyWithoutItsManifestNeverServes() throws {
        let scene = try Scene()
        let old = try scene.forecast()
        try scene.repository.begin("scaler-robust", version: 2, files: ["golden.json", "model.yaml", "model.onnx"])
        try scene.daemon.waitForLine(containing: "no MANIFEST", seconds: 20)
        #expect(try scene.forecast().version == 1)
        try scene.pass(1_000)
        try scene.repository.remove(1_000)
        #expect(try scene.client.waitForSwapped { !$0.contains { $0.version == 1_000 } })
        #expect(try scene.forecast() == old)
        #expect(scene.lines("model refused", version: 2).count == 1)
        // The MANIFEST makes it whole.
        try scene.repository.begin("scaler-robust", version: 2, files: ["MANIFEST"])
        #expect(try scene.client.waitForSwapped { $0.contains { $0.version == 2 && $0.isDefault } })
        #expect(try scene.forecast().version == 2)
    }

    @Test func aShortModelBesideItsManifestNeverServes() throws {
        let scene = try Scene()
        let old = try scene.forecast()
        try scene.repository.begin(
            "scaler-robust", version: 2, files: ["MANIFEST", "golden.json", "model.yaml", "model.onnx"],
            shortened: "model.onnx")
        try scene.daemon.waitForLine(containing: "\"message\":\"model refused\"", seconds: 20)
        #expect(try scene.client.waitForSwapped { $0.contains { $0.version == 2 && $0.state == .failed } })
        #expect(try scene.forecast() == old)
        try scene.client.askSwapped(version: 2)
        #expect(try scene.client.receive().error?.code == .unavailable)
        try scene.pass(1_000)
        #expect(scene.lines("model refused", version: 2).count == 1)
        try scene.repository.remove(1_000)
        // The copy goes on and ends; its MANIFEST stays as it was.
        try scene.repository.begin("scaler-robust", version: 2, files: ["model.onnx"])
        #expect(
            try scene.client.waitForSwapped { $0.contains { $0.version == 2 && $0.isDefault && $0.state == .ready } })
        #expect(try scene.forecast().version == 2)
    }

    @Test func aReplacementThatFailsLeavesTheOldOneServing() throws {
        let scene = try Scene()
        let old = try scene.forecast()
        let generation = try scene.client.swappedVersions().first?.generation
        try scene.repository.begin("scaler-robust", version: 1, files: ["MANIFEST"])
        try scene.daemon.waitForLine(containing: "\"message\":\"model refused\"", seconds: 20)
        #expect(try scene.forecast() == old)
        let served = try scene.client.swappedVersions()
        #expect(served.map(\.state) == [.ready])
        #expect(served.first?.generation == generation)
        // The rest of it follows.
        try scene.repository.replace(1, by: "scaler-robust")
        #expect(try scene.client.waitForSwapped { $0.first?.generation != generation })
        #expect(try scene.forecast().values != old.values)
    }
}
