import COnnxRuntime
import InferdBase

extension ElementType {
    /// The runtime's number for this type.
    var runtimeNumber: Int32 {
        switch self {
        case .float32: Int32(INFERD_ORT_FLOAT)
        case .float64: Int32(INFERD_ORT_DOUBLE)
        case .int32: Int32(INFERD_ORT_INT32)
        case .int64: Int32(INFERD_ORT_INT64)
        case .bool: Int32(INFERD_ORT_BOOL)
        case .string: Int32(INFERD_ORT_STRING)
        }
    }

    /// nil for a type that is not served.
    init?(runtimeNumber: Int32) {
        guard let type = ElementType.allCases.first(where: { $0.runtimeNumber == runtimeNumber }) else {
            return nil
        }
        self = type
    }
}
