import COnnxRuntime
import InferdBase

/// ONNX Runtime: one thread a run, on the thread that calls, without spinning. Workers are what runs
/// in parallel.
package final class OnnxRuntimeEngine: Engine {
    private let library: OnnxRuntimeLibrary

    /// - Parameter libraryPath: nil looks beside the executable, then where the system looks.
    package init(libraryPath: String? = nil) throws(EngineError) {
        library = try OnnxRuntimeLibrary(path: libraryPath)
    }

    package var name: String { "onnxruntime" }
    package var version: String { library.version }

    package func load(_ model: RawSpan) throws(EngineError) -> any LoadedModel {
        guard try !ExternalDataScan.findsExternalData(in: model) else {
            throw EngineError(
                .modelRefused, "the model keeps tensors in other files; export it as one file")
        }
        return try OnnxRuntimeModel(library: library, bytes: model)
    }
}
