import InferdClient

/// An array as numpy's `.npy` files hold it: elements in row-major order, little-endian.
struct NpyArray: Equatable {
    var type: TensorType
    var shape: [Int64]
    var data: [UInt8]
}

extension TensorType {
    /// numpy's name of the type; nil: it has none that is served.
    var npyDescription: String? {
        switch self {
        case .float32: "<f4"
        case .float64: "<f8"
        case .int32: "<i4"
        case .int64: "<i8"
        case .bool: "|b1"
        case .string: nil
        }
    }

    /// The name in the output.
    var displayName: String {
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
