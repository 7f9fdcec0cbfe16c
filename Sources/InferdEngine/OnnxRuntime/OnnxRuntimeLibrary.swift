import COnnxRuntime
import Glibc
import InferdBase

/// The loaded library: its table of functions, and the one environment a process has.
@safe
final class OnnxRuntimeLibrary: @unchecked Sendable {
    let api: UnsafePointer<OrtApi>
    let version: String
    let environment: OpaquePointer
    /// Describes memory of ours to the runtime.
    let memory: OpaquePointer
    let allocator: OpaquePointer

    /// The library's name as `make setup` leaves it.
    private static let name = "libonnxruntime.so.1.32.0"

    /// Beside the executable, then where the system looks.
    private static var usualPlaces: [String] {
        let beside = executableFolder().map { "\($0)/\(name)" }
        return [beside, name, "libonnxruntime.so.1", "libonnxruntime.so"].compactMap(\.self)
    }

    /// Loads the library from `path`; nil: from the first of `places` where one is that can be used.
    convenience init(path: String?, places: [String]? = nil) throws(EngineError) {
        let candidates = path.map { [$0] } ?? places ?? Self.usualPlaces
        try self.init(candidates, isNamed: path != nil)
    }

    /// - Parameter isNamed: the one candidate is the user's choice.
    private init(_ candidates: [String], isNamed: Bool) throws(EngineError) {
        // Unless told so, the library collects events about its user from the moment its environment is
        // made, on a thread of its own and in a database below the user's cache folder, to upload them.
        // `DisableTelemetryEvents` needs the environment, and so comes too late to prevent that.
        unsafe setenv("ORT_DISABLE_TELEMETRY", "1", 1)
        var library = unsafe inferd_ort_library()
        try unsafe Self.open(candidates, isNamed, &library)
        unsafe api = library.api
        unsafe version = String(cString: library.version)
        var environment: OpaquePointer?
        var memory: OpaquePointer?
        var allocator: OpaquePointer?
        let api = unsafe library.api.unsafelyUnwrapped
        // Only what cannot be told through a status would be logged, and that to standard error.
        try unsafe Self.check(
            api,
            api.pointee.CreateEnvWithCustomLogger(
                inferd_ort_discard_log, nil, Int32(INFERD_ORT_LOG_FATAL), "inferd", &environment),
            .libraryUnusable)
        try unsafe Self.check(
            api,
            api.pointee.CreateCpuMemoryInfo(
                Int32(INFERD_ORT_ARENA_ALLOCATOR), Int32(INFERD_ORT_MEMORY_DEFAULT), &memory), .libraryUnusable)
        try unsafe Self.check(api, api.pointee.GetAllocatorWithDefaultOptions(&allocator), .libraryUnusable)
        guard let environment = unsafe environment, let memory = unsafe memory, let allocator = unsafe allocator
        else {
            throw EngineError(.libraryUnusable, "ONNX Runtime gave no environment")
        }
        unsafe self.environment = environment
        unsafe self.memory = memory
        unsafe self.allocator = allocator
        unsafe Self.discard(api, api.pointee.DisableTelemetryEvents(environment))
    }

    // The environment lives as long as the process: models may outlast every engine.

    private static func open(
        _ candidates: [String], _ isNamed: Bool, _ library: inout inferd_ort_library
    ) throws(EngineError) {
        // One that is there but cannot be used says more than those that are missing.
        var reason: String?
        for path in candidates {
            switch unsafe inferd_ort_open(path, &library) {
            case INFERD_ORT_OPENED:
                return
            case INFERD_ORT_CANNOT_LOAD:
                if isNamed {
                    reason = unsafe "cannot load ONNX Runtime: " + String(cString: inferd_ort_open_error())
                }
            case INFERD_ORT_TOO_OLD:
                reason = reason ?? "\(path) is an ONNX Runtime older than 1.\(INFERD_ORT_API_VERSION)"
            default:
                reason = reason ?? "\(path) is a library, but not ONNX Runtime"
            }
        }
        throw EngineError(
            .libraryUnusable,
            reason
                ?? "ONNX Runtime is neither beside the executable (\(name)) nor where the system looks: "
                + "run `make setup`, or name the library")
    }

    private static func executableFolder() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe readlink("/proc/self/exe", bytes.baseAddress.unsafelyUnwrapped, bytes.count)
        }
        guard count > 0, count < buffer.count, let slash = buffer[..<count].lastIndex(of: UInt8(ascii: "/")) else {
            return nil
        }
        return String(decoding: buffer[..<slash], as: UTF8.self)
    }

    // Statuses.

    /// Turns a status into an error and frees it; no status means success.
    func check(_ status: OpaquePointer?, _ kind: EngineError.Kind) throws(EngineError) {
        try unsafe Self.check(api, status, kind)
    }

    func discard(_ status: OpaquePointer?) {
        unsafe Self.discard(api, status)
    }

    private static func check(
        _ api: UnsafePointer<OrtApi>, _ status: OpaquePointer?, _ kind: EngineError.Kind
    ) throws(EngineError) {
        guard let status = unsafe status else { return }
        let code = unsafe api.pointee.GetErrorCode(status)
        let text = unsafe api.pointee.GetErrorMessage(status).map { unsafe String(cString: $0) } ?? ""
        unsafe api.pointee.ReleaseStatus(status)
        let isInput = kind == .failed && code == INFERD_ORT_INVALID_ARGUMENT
        throw EngineError(isInput ? .invalidInput : kind, RuntimeMessage.clean(text))
    }

    private static func discard(_ api: UnsafePointer<OrtApi>, _ status: OpaquePointer?) {
        if let status = unsafe status {
            unsafe api.pointee.ReleaseStatus(status)
        }
    }
}
