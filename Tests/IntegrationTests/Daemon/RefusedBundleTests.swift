import Foundation
import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// Bundles that cannot be served: each is named in the log with file, expected and found, and the rest
/// serves.
struct RefusedBundleTests {
    /// One way to damage a bundle, and what is said of it.
    private struct Damage: Sendable {
        let name: String
        let file: String
        let reason: [String]
        let apply: @Sendable (URL) throws -> Void

        init(_ name: String, _ file: String, _ reason: [String], _ apply: @escaping @Sendable (URL) throws -> Void) {
            self.name = name
            self.file = file
            self.reason = reason
            self.apply = apply
        }
    }

    private static func change(_ file: URL, _ body: (inout Data) -> Void) throws {
        var data = try Data(contentsOf: file)
        body(&data)
        try data.write(to: file)
    }

    private static func replace(_ old: String, by new: String, in file: URL) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains(old), "\(file.lastPathComponent) does not hold what is to be changed")
        try Data(text.replacing(old, with: new, maxReplacements: 1).utf8).write(to: file)
    }

    private static let damages = [
        Damage("flipped", "model.onnx", ["expected SHA-256 ", "found "]) { version in
            try change(version.appendingPathComponent("model.onnx")) { $0[$0.count / 2] ^= 1 }
        },
        Damage("cut", "model.onnx", ["expected SHA-256 "]) { version in
            try change(version.appendingPathComponent("model.onnx")) { $0 = $0.prefix($0.count / 2) }
        },
        Damage("cut-and-signed", "model.onnx", []) { version in
            try change(version.appendingPathComponent("model.onnx")) { $0 = $0.prefix($0.count / 2) }
            try ModelFolder.sign(version)
        },
        Damage("empty-and-signed", "model.onnx", []) { version in
            try Data().write(to: version.appendingPathComponent("model.onnx"))
            try ModelFolder.sign(version)
        },
        Damage("half-copied", "", ["no MANIFEST", "not complete"]) { version in
            try FileManager.default.removeItem(at: version.appendingPathComponent("MANIFEST"))
        },
        Damage("without-model", "model.onnx", ["expected a regular file, found nothing"]) { version in
            try FileManager.default.removeItem(at: version.appendingPathComponent("model.onnx"))
        },
        Damage("without-golden", "golden.json", ["expected a regular file, found nothing"]) { version in
            try FileManager.default.removeItem(at: version.appendingPathComponent("golden.json"))
        },
        Damage("link", "model.onnx", []) { version in
            let model = version.appendingPathComponent("model.onnx")
            try FileManager.default.moveItem(at: model, to: version.appendingPathComponent("other"))
            try FileManager.default.createSymbolicLink(atPath: model.path, withDestinationPath: "other")
        },
        Damage("bad-manifest", "MANIFEST", ["line 1", "64 hexadecimal digits"]) { version in
            try change(version.appendingPathComponent("MANIFEST")) { $0 = Data("x".utf8) + $0 }
        },
        Damage("short-manifest", "MANIFEST", ["expected an entry for", "found none"]) { version in
            try change(version.appendingPathComponent("MANIFEST")) { manifest in
                manifest = manifest.prefix { $0 != 0x0A }
            }
        },
        Damage("other-answer", "golden.json", ["case '", "expected 1234.5, found "]) { version in
            let golden = version.appendingPathComponent("golden.json")
            let text = try String(contentsOf: golden, encoding: .utf8)
            let expect = try #require(text.range(of: "\"outputs\":"))
            let data = try #require(text[expect.upperBound...].range(of: "\"data\": ["))
            let number = try #require(text[data.upperBound...].firstIndex(of: ","))
            try Data((text[..<data.upperBound] + "1234.5" + text[number...]).utf8).write(to: golden)
            try ModelFolder.sign(version)
        },
        Damage("no-json", "golden.json", []) { version in
            try Data("{".utf8).write(to: version.appendingPathComponent("golden.json"))
            try ModelFolder.sign(version)
        },
        Damage("other-window", "", []) { version in
            try replace("window: 12", by: "window: 0", in: version.appendingPathComponent("model.yaml"))
            try ModelFolder.sign(version)
        },
        Damage("other-zone", "model.yaml", ["time_zone"]) { version in
            try replace("time_zone: UTC", by: "time_zone: Mars/Base", in: version.appendingPathComponent("model.yaml"))
            try ModelFolder.sign(version)
        },
        Damage("other-tensor", "", ["'nobody'"]) { version in
            try replace("output: forecast", by: "output: nobody", in: version.appendingPathComponent("model.yaml"))
            try ModelFolder.sign(version)
        },
        Damage("unknown-key", "model.yaml", ["colour"]) { version in
            try change(version.appendingPathComponent("model.yaml")) { $0 += Data("colour: red\n".utf8) }
            try ModelFolder.sign(version)
        },
    ]

    @Test func whatIsDamagedIsNamedAndTheRestServes() throws {
        let models = try ModelFolder()
        try models.addBundle("auto", as: "sound")
        try models.addPlain("linear")
        for damage in Self.damages { try damage.apply(models.addBundle("auto", as: damage.name)) }
        // The older version serves while the newer one cannot.
        try models.addBundle("auto", as: "two")
        let second = models.version("two", "2")
        try FileManager.default.copyItem(at: models.version("two"), to: second)
        try Self.change(second.appendingPathComponent("model.yaml")) { $0 += Data(" ".utf8) }
        let daemon = try DaemonProcess(models: models.path)
        daemon.belongings = [models]
        for damage in Self.damages { check(damage, daemon) }
        let ready = try daemon.waitUntilReady()
        #expect(ready.contains("\"models\":3,"), "\(ready)")
        #expect(ready.contains("\"models_failed\":\(Self.damages.count + 1)"), "\(ready)")
        try checkReplies(daemon)
    }

    private func check(_ damage: Damage, _ daemon: DaemonProcess) {
        let lines = daemon.logLines.filter { $0.contains("\"model\":\"\(damage.name)\"") }
        #expect(lines.count == 1, "\(damage.name): \(lines)")
        let line = lines.first ?? ""
        #expect(line.contains("\"level\":\"error\"") && line.contains("model refused"), "\(line)")
        if !damage.file.isEmpty { #expect(line.contains("\"file\":\"\(damage.file)\""), "\(line)") }
        for text in damage.reason { #expect(line.contains(text), "\(line)") }
    }

    private func checkReplies(_ daemon: DaemonProcess) throws {
        let client = try TestClient(path: daemon.socketPath)
        let golden = try GoldenCases.read("auto")
        let request = try #require(golden.cases.first { $0.expect != nil }).request.values
        for model in ["sound", "two"] {
            try client.send(model: model) { $0.writePredict(request) }
            let reply = try client.receive()
            guard case .predict(let forecast) = reply.body else {
                Issue.record("\(model): \(reply)")
                continue
            }
            #expect(forecast.version == 1)
        }
        try client.send(model: "linear") { $0.writeInfer([TensorValues([1, 2, 3, 4])], outputs: []) }
        #expect(try client.receive().error == nil)
        try client.send(model: "two", version: 2) { $0.writePredict(request) }
        let newer = try client.receive().error
        #expect(newer?.code == .unavailable && newer?.field == "version", "\(String(describing: newer))")
        try client.send(model: "flipped") { $0.writePredict(request) }
        let refused = try client.receive().error
        #expect(refused?.code == .unavailable && refused?.field == "model", "\(String(describing: refused))")
        try client.send { $0.writeModels() }
        guard case .models(let all) = try client.receive().body else { return }
        for model in all where model.state == .failed {
            #expect(!model.error.isEmpty)
            #expect(!model.error.contains("/tmp") && !model.error.contains("0x"), "\(model.name): \(model.error)")
        }
        #expect(all.count { $0.state == .failed } == Self.damages.count + 1)
    }

    @Test func foldersThatAreNoModelsAreNamed() throws {
        let models = try ModelFolder()
        try models.addPlain("linear")
        try models.addPlain("external_data")
        let manager = FileManager.default
        try manager.createDirectory(at: models.version("empty"), withIntermediateDirectories: true)
        try manager.createDirectory(at: models.version("linear", "1a"), withIntermediateDirectories: true)
        try manager.createDirectory(at: models.version("a b"), withIntermediateDirectories: true)
        let daemon = try DaemonProcess(models: models.path)
        daemon.belongings = [models]
        for (model, text) in [
            ("external_data", "external"), ("empty", "no model.onnx"), ("linear", "'1a' is no version"),
            ("a b", "letters, digits"),
        ] {
            let line = daemon.logLines.first { $0.contains("\"model\":\"\(model)\"") && $0.contains("refused") }
            #expect(line?.contains(text) == true, "\(model): \(line ?? "not named")")
        }
        let client = try TestClient(path: daemon.socketPath)
        try client.send(model: "linear") { $0.writeInfer([TensorValues([1, 2, 3, 4])], outputs: []) }
        #expect(try client.receive().error == nil)
    }

    @Test func aRepositoryThatIsNotThereIsAnError() throws {
        let directory = try TemporaryDirectory()
        let daemon = try DaemonProcess(directory: directory, models: directory.appending("nowhere"))
        try daemon.waitForLine(containing: "cannot start", seconds: 60)
        #expect(daemon.logLines.last?.contains("nowhere") == true)
        #expect(daemon.waitForExit(seconds: 20) == 1)
    }
}
