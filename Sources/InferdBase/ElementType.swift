/// Type of a tensor's elements. Raw values are those of `DataType` in `infer.proto`.
package enum ElementType: UInt32, Sendable, CaseIterable {
    case float32 = 1
    case float64 = 2
    case int32 = 3
    case int64 = 4
    case bool = 5
    /// Declared by some models, never served.
    case string = 6

    /// Bytes of one element; 0 for `string`, whose elements have no fixed size.
    package var byteCount: Int {
        switch self {
        case .float32, .int32: 4
        case .float64, .int64: 8
        case .bool: 1
        case .string: 0
        }
    }

    /// Name in messages and descriptions, for example `float32`.
    package var name: String {
        switch self {
        case .float32: "float32"
        case .float64: "float64"
        case .int32: "int32"
        case .int64: "int64"
        case .bool: "bool"
        case .string: "string"
        }
    }
}
