import COnnxRuntime
import InferdBase

/// A session: the runtime's model, which any number of threads may run at once.
@safe
final class OnnxRuntimeModel: LoadedModel, @unchecked Sendable {
    let library: OnnxRuntimeLibrary
    let session: OpaquePointer
    let signature: ModelSignature
    /// Names as the runtime wants them, inputs then outputs; they live as long as the session.
    let inputNames: FixedArray<UnsafePointer<CChar>?>
    let outputNames: FixedArray<UnsafePointer<CChar>?>

    init(library: OnnxRuntimeLibrary, bytes: RawSpan) throws(EngineError) {
        let session = try unsafe Self.makeSession(library, bytes)
        do throws(EngineError) {
            let inputs = try unsafe Self.describe(library, session, .inputs)
            let outputs = try unsafe Self.describe(library, session, .outputs)
            signature = unsafe ModelSignature(inputs: inputs.map { unsafe $0.0 }, outputs: outputs.map { unsafe $0.0 })
            unsafe inputNames = FixedArray(count: inputs.count) { unsafe inputs[$0].1 }
            unsafe outputNames = FixedArray(count: outputs.count) { unsafe outputs[$0].1 }
        } catch {
            unsafe library.api.pointee.ReleaseSession(session)
            throw error
        }
        self.library = library
        unsafe self.session = session
    }

    deinit {
        unsafe freeNames(inputNames)
        unsafe freeNames(outputNames)
        unsafe library.api.pointee.ReleaseSession(session)
    }

    private func freeNames(_ names: borrowing FixedArray<UnsafePointer<CChar>?>) {
        for index in unsafe 0..<names.count {
            let name = unsafe UnsafeMutableRawPointer(mutating: names[index])
            unsafe library.discard(library.api.pointee.AllocatorFree(library.allocator, name))
        }
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
        // An arena keeps the most that any run ever needed; without it memory follows use.
        try unsafe library.check(api.pointee.DisableCpuMemArena(options), .modelRefused)
        for key in ["session.intra_op.allow_spinning", "session.inter_op.allow_spinning"] {
            try unsafe library.check(api.pointee.AddSessionConfigEntry(options, key, "0"), .modelRefused)
        }
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

    /// Names and declarations of one side's tensors. The names are the runtime's memory.
    private static func describe(
        _ library: OnnxRuntimeLibrary, _ session: OpaquePointer, _ side: Side
    ) throws(EngineError) -> [(TensorSpecification, UnsafePointer<CChar>?)] {
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
        var result: [(TensorSpecification, UnsafePointer<CChar>?)] = unsafe []
        for index in 0..<count {
            var name: UnsafeMutablePointer<CChar>?
            try unsafe library.check(
                side == .inputs
                    ? api.pointee.SessionGetInputName(session, index, library.allocator, &name)
                    : api.pointee.SessionGetOutputName(session, index, library.allocator, &name), .modelRefused)
            guard let name = unsafe name else {
                throw EngineError(.modelRefused, "\(side.noun) \(index) has no name")
            }
            let text = unsafe String(cString: name)
            var type: OpaquePointer?
            try unsafe library.check(
                side == .inputs
                    ? api.pointee.SessionGetInputTypeInfo(session, index, &type)
                    : api.pointee.SessionGetOutputTypeInfo(session, index, &type), .modelRefused)
            defer { unsafe api.pointee.ReleaseTypeInfo(type) }
            let specification = try unsafe specify(library, type, text, side.noun)
            unsafe result.append((specification, UnsafePointer(name)))
        }
        return unsafe result
    }

    private static func specify(
        _ library: OnnxRuntimeLibrary, _ type: OpaquePointer?, _ name: String, _ noun: String
    ) throws(EngineError) -> TensorSpecification {
        let api = unsafe library.api
        var kind: Int32 = 0
        try unsafe library.check(api.pointee.GetOnnxTypeFromTypeInfo(type, &kind), .modelRefused)
        guard kind == INFERD_ORT_TYPE_TENSOR else {
            throw EngineError(.modelRefused, "\(noun) '\(name)' is no tensor but a sequence, map or optional")
        }
        var info: OpaquePointer?
        try unsafe library.check(api.pointee.CastTypeInfoToTensorInfo(type, &info), .modelRefused)
        var number: Int32 = 0
        var rank = 0
        try unsafe library.check(api.pointee.GetTensorElementType(info, &number), .modelRefused)
        try unsafe library.check(api.pointee.GetDimensionsCount(info, &rank), .modelRefused)
        guard let element = ElementType(runtimeNumber: number), element != .string else {
            throw EngineError(
                .modelRefused,
                "\(noun) '\(name)' holds \(number == INFERD_ORT_STRING ? "strings" : "elements of a type"), which "
                    + "\(number == INFERD_ORT_STRING ? "are" : "is") not served: "
                    + "float32, float64, int32, int64 and bool are")
        }
        guard rank <= Limits.tensorRank else {
            throw EngineError(
                .modelRefused, "\(noun) '\(name)' has \(rank) axes; at most \(Limits.tensorRank) are served")
        }
        var shape = [Int64](repeating: 0, count: rank)
        let status = unsafe shape.withUnsafeMutableBufferPointer { buffer in
            unsafe api.pointee.GetDimensions(info, buffer.baseAddress, rank)
        }
        try unsafe library.check(status, .modelRefused)
        return TensorSpecification(name: name, type: element, shape: shape.map { $0 < 0 ? -1 : $0 })
    }
}
