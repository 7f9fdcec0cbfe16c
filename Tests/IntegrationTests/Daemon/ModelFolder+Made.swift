import Foundation
import InferdTestSupport

/// Models that a test makes itself.
extension ModelFolder {
    private func make(_ model: String) throws -> URL {
        let folder = version(model)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// A directory with nothing but a model.
    func addPlain(_ model: String, onnx: [UInt8]) throws {
        try Data(onnx).write(to: make(model).appendingPathComponent("model.onnx"))
    }

    /// `y` is `x`, float32 of any two extents.
    func addEcho(_ model: String) throws {
        var echo = OnnxModel()
        echo.addIdentity("x", "y")
        try addPlain(model, onnx: echo.bytes(inputs: [.init("x", [-1, -1])], outputs: [.init("y", [-1, -1])]))
    }

    /// `y` [batch, 1] is the mean of `x` [batch, n, 1].
    func addMean(_ model: String) throws {
        var mean = OnnxModel()
        mean.addMeanOfRows("x", "y")
        try addPlain(model, onnx: mean.bytes(inputs: [.init("x", [-1, -1, 1])], outputs: [.init("y", [-1, 1])]))
    }

    /// A bundle with a true manifest.
    func addBundle(_ model: String, onnx: [UInt8], yaml: String, golden: String) throws {
        let folder = try make(model)
        try Data(onnx).write(to: folder.appendingPathComponent("model.onnx"))
        try Data(yaml.utf8).write(to: folder.appendingPathComponent("model.yaml"))
        try Data(golden.utf8).write(to: folder.appendingPathComponent("golden.json"))
        try Self.sign(folder)
    }
}
