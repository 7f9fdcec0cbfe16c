import Foundation
import InferdTestSupport
import InferdWire
import Testing

/// What a folder may hold beside a sound model: that one serves all the same.
struct StrangeModelTests {
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
}
