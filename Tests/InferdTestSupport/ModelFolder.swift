package import Foundation
import InferdBase

/// A model repository of a test's own, of copies of the committed models.
package final class ModelFolder: Sendable {
    private let directory: TemporaryDirectory
    package var path: String { directory.path }

    package init() throws {
        directory = try TemporaryDirectory()
    }

    /// A model's version's folder.
    package func version(_ model: String, _ number: String = "1") -> URL {
        URL(fileURLWithPath: directory.appending("\(model)/\(number)"))
    }

    /// Copies one of the golden bundles.
    /// - Parameter name: its name here; nil: its own.
    @discardableResult
    package func addBundle(_ bundle: String, as name: String? = nil) throws -> URL {
        let source = DaemonProcess.sourceRoot.appendingPathComponent("Tests/Golden/models/\(bundle)/1")
        let target = version(name ?? bundle)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: source, to: target)
        return target
    }

    /// Makes a plain model of one of the engine's test models.
    @discardableResult
    package func addPlain(_ model: String) throws -> URL {
        let source = DaemonProcess.sourceRoot.appendingPathComponent("Tests/InferdEngineTests/Models/\(model).onnx")
        let target = version(model)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: source, to: target.appendingPathComponent("model.onnx"))
        return target
    }

    /// Lets everybody look into the folder itself, which was made for its owner only.
    package func open() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory.path)
    }

    /// Makes a bundle's MANIFEST true again.
    package static func sign(_ version: URL) throws {
        var lines = ""
        for file in ["golden.json", "model.onnx", "model.yaml"] {
            let bytes = [UInt8](try Data(contentsOf: version.appendingPathComponent(file)))
            let digest = unsafe SHA256Digest(of: bytes.span.bytes)
            lines += "\(digest.hexadecimal)  \(file)\n"
        }
        try Data(lines.utf8).write(to: version.appendingPathComponent("MANIFEST"))
    }
}
