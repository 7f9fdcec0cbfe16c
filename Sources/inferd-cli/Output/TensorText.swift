import InferdClient

/// Tensors as text.
enum TensorText {
    /// Elements shown of a large tensor.
    private static let shownElements = 8

    /// For example `y float32 [1, 24]`.
    static func title(_ tensor: Tensor) -> String {
        "\(tensor.name) \(tensor.type.displayName) [\(tensor.shape.map(String.init).joined(separator: ", "))]"
    }

    /// The title and the first elements.
    static func summary(_ tensor: Tensor) -> String {
        let width = tensor.type.byteCount
        let count = width == 0 ? 0 : tensor.data.count / width
        var elements = (0..<min(count, shownElements)).map { element(tensor, at: $0 * width) }
        if count > shownElements { elements.append("... \(count - shownElements) more") }
        return "\(title(tensor)): \(elements.joined(separator: " "))"
    }

    private static func element(_ tensor: Tensor, at offset: Int) -> String {
        switch tensor.type {
        case .float32: "\(Float(bitPattern: UInt32(bits(tensor.data, offset, 4))))"
        case .float64: "\(Double(bitPattern: bits(tensor.data, offset, 8)))"
        case .int32: "\(Int32(truncatingIfNeeded: bits(tensor.data, offset, 4)))"
        case .int64: "\(Int64(truncatingIfNeeded: bits(tensor.data, offset, 8)))"
        case .bool: tensor.data[offset] == 0 ? "false" : "true"
        case .string: ""
        }
    }

    private static func bits(_ data: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(data[offset + $1]) << (8 * UInt64($1)) }
    }

    /// A file's name for a tensor: whatever could lead out of the folder, or hide the file, is replaced.
    static func fileName(_ name: String) -> String {
        let safe = name.unicodeScalars.map { scalar -> Character in
            let isSafe =
                scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789_-.".unicodeScalars.contains(scalar))
            return isSafe ? Character(scalar) : "_"
        }
        let text = String(safe.prefix(200))
        if text.isEmpty { return "output" }
        return text.hasPrefix(".") ? "_" + text.dropFirst() : text
    }
}
