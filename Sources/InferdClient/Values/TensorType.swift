/// Type of a tensor's elements.
public enum TensorType: Hashable, Sendable, CaseIterable {
    /// IEEE 754, 4 bytes.
    case float32
    /// IEEE 754, 8 bytes.
    case float64
    /// Signed, 4 bytes.
    case int32
    /// Signed, 8 bytes.
    case int64
    /// One byte, 0 or 1.
    case bool
    /// Only ever seen in a model's description.
    case string

    /// Bytes of one element; 0 for `string`.
    public var byteCount: Int {
        switch self {
        case .float32, .int32: 4
        case .float64, .int64: 8
        case .bool: 1
        case .string: 0
        }
    }
}
