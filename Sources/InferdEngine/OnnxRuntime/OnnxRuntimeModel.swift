import COnnxRuntime
import InferdBase

/// A session: the runtime's model, which any number of threads may run at once.
@safe
final class OnnxRuntimeModel: LoadedModel, @unchecked Sendable {
    let library: OnnxRuntimeLibrary
    let session: OpaquePointer
    let signature: ModelSignature
    let inputNames: RuntimeNames
    let outputNames: RuntimeNames

    init(library: OnnxRuntimeLibrary, bytes: RawSpan) throws(EngineError) {
        let session = try unsafe Self.makeSession(library, bytes)
        inputNames = RuntimeNames(library)
        outputNames = RuntimeNames(library)
        do throws(EngineError) {
            let inputs = try unsafe Self.describe(library, session, .inputs, inputNames)
            let outputs = try unsafe Self.describe(library, session, .outputs, outputNames)
            guard !outputs.isEmpty else { throw EngineError(.modelRefused, "the model has no outputs") }
            signature = ModelSignature(inputs: inputs, outputs: outputs)
        } catch {
            unsafe library.api.pointee.ReleaseSession(session)
            throw error
        }
        self.library = library
        unsafe self.session = session
    }

    deinit {
        unsafe library.api.pointee.ReleaseSession(session)
    }

    func makeRunner(variants: Int) throws(EngineError) -> any ModelRunner {
        try OnnxRuntimeRunner(model: self, variants: variants)
    }

    private static func makeSession(
        _ library: OnnxRuntimeLibrary, _ bytes: RawSpan
    ) throws(EngineError) -> OpaquePointer {
        let api = unsafe library.api
        var options: OpaquePointer?
        try unsafe library.check(api.pointee.CreateSessionOptions(&options), .modelRefused)
        defer { unsafe api.pointee.ReleaseSessionOptions(options) }
        try unsafe library.check(
            api.pointee.SetSessionExecutionMode(options, Int32(INFERD_ORT_SEQUENTIAL)), .modelRefused)
        try unsafe library.check(
            api.pointee.SetSessionGraphOptimizationLevel(options, Int32(INFERD_ORT_OPTIMIZE_ALL)), .modelRefused)
        try unsafe library.check(api.pointee.SetIntraOpNumThreads(options, 1), .modelRefused)
        try unsafe library.check(api.pointee.SetInterOpNumThreads(options, 1), .modelRefused)
        try unsafe library.check(
            api.pointee.SetSessionLogSeverityLevel(options, Int32(INFERD_ORT_LOG_FATAL)), .modelRefused)
        // An arena keeps the most that any run ever needed, and one absurd size that a model asks for makes every
        // later run of it fail. Without it memory comes from the C library, which `ProcessSetup` has keep it between
        // runs. What is turned off beside it is the layout that the runtime would remember for every combination of
        // input shapes ever seen.
        try unsafe library.check(api.pointee.DisableCpuMemArena(options), .modelRefused)
        try unsafe library.check(api.pointee.DisableMemPattern(options), .modelRefused)
        for key in ["session.intra_op.allow_spinning", "session.inter_op.allow_spinning"] {
            try unsafe library.check(api.pointee.AddSessionConfigEntry(options, key, "0"), .modelRefused)
        }
        // Told by its first bytes it would be the runtime's own format, which nothing here looks into.
        try unsafe library.check(
            api.pointee.AddSessionConfigEntry(options, "session.load_model_format", "ONNX"), .modelRefused)
        var session: OpaquePointer?
        let status = unsafe bytes.withUnsafeBytes { buffer in
            unsafe api.pointee.CreateSessionFromArray(
                library.environment, buffer.baseAddress, buffer.count, options, &session)
        }
        try unsafe library.check(status, .modelRefused)
        guard let session = unsafe session else {
            throw EngineError(.modelRefused, "the runtime made no session")
        }
        return unsafe session
    }

    private enum Side {
        case inputs, outputs

        var noun: String { self == .inputs ? "input" : "output" }
    }

    /// Declarations of one side's tensors, whose names go into `names`.
    private static func describe(
        _ library: OnnxRuntimeLibrary, _ session: OpaquePointer, _ side: Side, _ names: RuntimeNames
    ) throws(EngineError) -> [TensorSpecification] {
        let api = unsafe library.api
        var count = 0
        try unsafe library.check(
            side == .inputs
                ? api.pointee.SessionGetInputCount(session, &count)
                : api.pointee.SessionGetOutputCount(session, &count), .modelRefused)
        guard count <= Limits.tensors else {
            throw EngineError(
                .modelRefused, "the model has \(count) \(side.noun)s; at most \(Limits.tensors) are served")
        }
        var result: [TensorSpecification] = []
        for index in 0..<count {
            var name: UnsafeMutablePointer<CChar>?
            try unsafe library.check(
                side == .inputs
                    ? api.pointee.SessionGetInputName(session, index, library.allocator, &name)
                    : api.pointee.SessionGetOutputName(session, index, library.allocator, &name), .modelRefused)
            guard let name = unsafe name else {
                throw EngineError(.modelRefused, "\(side.noun) \(index) has no name")
            }
            unsafe names.append(name)
            let text = unsafe String(cString: name)
            var type: OpaquePointer?
            try unsafe library.check(
                side == .inputs
                    ? api.pointee.SessionGetInputTypeInfo(session, index, &type)
                    : api.pointee.SessionGetOutputTypeInfo(session, index, &type), .modelRefused)
            defer { unsafe api.pointee.ReleaseTypeInfo(type) }
            result.append(try unsafe specify(library, type, text, side.noun))
        }
        return result
    }

    /// A name as messages show it: no longer than requests may have it.
    private static func shown(_ name: String) -> String {
        String(decoding: name.utf8.prefix(Limits.tensorNameBytes), as: UTF8.self)
    }

    private static func specify(
        _ library: OnnxRuntimeLibrary, _ type: OpaquePointer?, _ name: String, _ noun: String
    ) throws(EngineError) -> TensorSpecification {
        let api = unsafe library.api
        var kind: Int32 = 0
        try unsafe library.check(api.pointee.GetOnnxTypeFromTypeInfo(type, &kind), .modelRefused)
        guard kind == INFERD_ORT_TYPE_TENSOR else {
            throw EngineError(.modelRefused, "\(noun) '\(shown(name))' is no tensor but a sequence, map or optional")
        }
        var info: OpaquePointer?
        try unsafe library.check(api.pointee.CastTypeInfoToTensorInfo(type, &info), .modelRefused)
        var number: Int32 = 0
        var rank = 0
        try unsafe library.check(api.pointee.GetTensorElementType(info, &number), .modelRefused)
        try unsafe library.check(api.pointee.GetDimensionsCount(info, &rank), .modelRefused)
        guard let element = ElementType(runtimeNumber: number), element != .string else {
            let what = number == INFERD_ORT_STRING ? "strings, which are" : "elements of a type that is"
            throw EngineError(
                .modelRefused,
                "\(noun) '\(shown(name))' holds \(what) not served: float32, float64, int32, int64 and bool are")
        }
        guard rank <= Limits.tensorRank else {
            throw EngineError(
                .modelRefused, "\(noun) '\(shown(name))' has \(rank) axes; at most \(Limits.tensorRank) are served")
        }
        var shape = [Int64](repeating: 0, count: rank)
        let status = unsafe shape.withUnsafeMutableBufferPointer { buffer in
            unsafe api.pointee.GetDimensions(info, buffer.baseAddress, rank)
        }
        try unsafe library.check(status, .modelRefused)
        return TensorSpecification(name: name, type: element, shape: shape.map { $0 < 0 ? -1 : $0 })
    }
}
