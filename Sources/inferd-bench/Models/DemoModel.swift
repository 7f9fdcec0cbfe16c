import Glibc
import InferdBase

/// The model of the demo bundle, which is measured as a user would run it.
struct DemoModel {
    static let name = "jfk-temperature"

    /// The repository that holds its bundle.
    let repository: String

    private var directory: String { "\(repository)/\(Self.name)/1" }
    private var path: String { "\(directory)/model.onnx" }

    /// Throws when it is not there: told before anything is measured, which takes minutes.
    func requirePresence() throws(BenchError) {
        if unsafe access(path, R_OK) == 0 { return }
        throw BenchError(
            "\(path) cannot be read: run from the project's folder, name the repository with --models, or leave out "
                + "what measures the demo bundle with --only ping --only infer")
    }

    /// The model's file.
    func encoded() throws(BenchError) -> [UInt8] {
        try WholeFile.readBytes(path)
    }

    /// A copy of the bundle, in a repository of its own, that allows forecasts of `horizon` steps. Returns the
    /// repository's path.
    func writeRepository(horizon: Int, in scratch: ScratchDirectory) throws(BenchError) -> String {
        let target = try scratch.makeDirectory("models-\(horizon)")
        _ = try scratch.makeDirectory("models-\(horizon)/\(Self.name)")
        let version = try scratch.makeDirectory("models-\(horizon)/\(Self.name)/1")
        var manifest = ""
        for name in ["golden.json", "model.onnx", "model.yaml"] {
            var bytes = try WholeFile.readBytes("\(directory)/\(name)")
            if name == "model.yaml" { bytes = try Self.allowing(horizon, bytes) }
            try WholeFile.write(bytes, to: "\(version)/\(name)")
            // Bytes of integers: none of them is padding.
            manifest += unsafe "\(SHA256Digest(of: bytes.span.bytes).hexadecimal)  \(name)\n"
        }
        try WholeFile.write(Array(manifest.utf8), to: "\(version)/MANIFEST")
        return target
    }

    private static func allowing(_ horizon: Int, _ description: [UInt8]) throws(BenchError) -> [UInt8] {
        var lines = String(decoding: description, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        guard let place = lines.firstIndex(where: { $0.hasPrefix("horizon:") }) else {
            throw BenchError("\(name)'s model.yaml has no line `horizon:`")
        }
        lines[place] = "horizon: {default: 24, maximum: \(horizon)}"
        return Array(lines.joined(separator: "\n").utf8)
    }
}
