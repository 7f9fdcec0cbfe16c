import InferdBase
import InferdEngine

extension RequestError {
    /// What a caller is told of an engine's failure.
    /// - Parameter field: where inputs stand in the request.
    init(_ error: EngineError, field: String) {
        switch error.kind {
        case .invalidInput:
            self.init(.invalidArgument, "the model refuses the inputs: \(error.message)", field: field)
        case .terminated:
            self.init(.deadlineExceeded, "the model ran for too long and was stopped")
        case .failed, .modelRefused, .libraryUnusable:
            self.init(.failedPrecondition, "the model failed: \(error.message)")
        }
    }
}
