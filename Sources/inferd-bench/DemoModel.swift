import Glibc

/// The model of the demo bundle, which is measured as a user would run it.
struct DemoModel {
    static let name = "jfk-temperature"

    /// The repository that holds its bundle.
    let repository: String

    private var path: String { "\(repository)/\(Self.name)/1/model.onnx" }

    /// Throws when it is not there: told before anything is measured, which takes minutes.
    func requirePresence() throws(BenchError) {
        if unsafe access(path, R_OK) == 0 { return }
        throw BenchError(
            "\(path) cannot be read: run from the project's folder, name the repository with --models, or leave out "
                + "what measures the demo bundle with --only ping --only infer")
    }

    /// The engine with the model in this process.
    func probe(library: String) throws(BenchError) -> EngineProbe {
        try EngineProbe(model: try WholeFile.readBytes(path), library: library)
    }
}
