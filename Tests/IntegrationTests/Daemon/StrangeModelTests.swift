import Foundation
import InferdTestSupport
import InferdWire
import Testing

/// What a folder may hold beside a sound model: that one serves all the same.
struct StrangeModelTests {
    /// A stateful bundle whose state has the given extents beside the batch.
    private static func addState(_ extents: (Int64, Int64), as model: String, to folder: ModelFolder) throws {
        var graph = OnnxModel()
        graph.addMeanOfRows("window", "forecast")
        graph.addIdentity("h_in", "h_out")
        let state = [extents.0, -1, extents.1]
        let onnx = graph.bytes(
            inputs: [.init("window", [-1, -1, 1]), .init("h_in", state)],
            outputs: [.init("forecast", [-1, 1]), .init("h_out", state)])
        let yaml = """
            format: 1
            task: forecast
            step: 1h
            time_zone: UTC
            window: 12
            horizon: {default: 6, maximum: 12}
            features:
            - channel: load
              scaler: {kind: none}
            decode: {mode: stateful}
            tensors:
              window: window
              output: forecast
              states:
              - {input: h_in, output: h_out, batch_axis: 1}

            """
        let golden =
            #"{"format": 1, "cases": [{"name": "zero", "kind": "tensors", "#
            + #""inputs": [{"name": "window", "type": "float32", "shape": [1, 1, 1], "data": [0]}], "#
            + #""outputs": [], "tolerance": 1e-5}]}"#
        try folder.addBundle(model, onnx: onnx, yaml: yaml, golden: golden)
    }

    private static func models(_ daemon: DaemonProcess) throws -> [String: ModelValues] {
        let client = try TestClient(path: daemon.socketPath)
        try client.send { $0.writeModels() }
        guard case .models(let models) = try client.receive().body else { return [:] }
        return Dictionary(uniqueKeysWithValues: models.map { ($0.name, $0) })
    }

    @Test func modelWithoutInputsServesBesideOthers() throws {
        let folder = try ModelFolder()
        try folder.addEcho("echo")
        var constant = OnnxModel()
        constant.addConstant(2.5, "y")
        try folder.addPlain(
            "constant", onnx: constant.bytes(inputs: [], outputs: [.init("y", [1])]))
        let daemon = try DaemonProcess(models: folder.path)
        let client = try TestClient(path: daemon.socketPath)
        for _ in 0..<3 {
            try client.send(model: "constant") { $0.writeInfer([], outputs: []) }
            guard case .infer(_, _, let outputs) = try client.receive().body else {
                Issue.record("no tensors")
                return
            }
            #expect(outputs.map(\.floats) == [[2.5]])
        }
        try client.sendInfer(model: "echo")
        #expect(try client.receive().error == nil)
    }

    @Test func statesOfImpossibleSizesAreRefusedAndTheRestServes() throws {
        let folder = try ModelFolder()
        try folder.addEcho("echo")
        // Too many elements for 64 bits, and more bytes than any machine has.
        try Self.addState((1 << 40, 1 << 40), as: "overflow", to: folder)
        try Self.addState((1 << 20, 1 << 20), as: "huge", to: folder)
        let daemon = try DaemonProcess(models: folder.path)
        let models = try Self.models(daemon)
        #expect(models["echo"]?.state == .ready)
        for name in ["overflow", "huge"] {
            let model = try #require(models[name])
            #expect(model.state == .failed)
            #expect(model.error.contains("tensors.states"), "\(model.error)")
        }
    }
}
