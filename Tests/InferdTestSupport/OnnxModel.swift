/// Writes small ONNX models byte by byte, also such as no exporter would make: the protobuf messages of
/// onnx.proto, as far as tests need them.
package struct OnnxModel {
    /// A tensor of float32 as the graph declares it.
    package struct Tensor {
        package let name: String
        /// -1: any.
        package let shape: [Int64]

        package init(_ name: String, _ shape: [Int64]) {
            self.name = name
            self.shape = shape
        }
    }

    private var nodes: [UInt8] = []

    package init() {}

    /// `output` is `input`.
    package mutating func addIdentity(_ input: String, _ output: String) {
        nodes += Self.field(1, Self.field(1, input) + Self.field(2, output) + Self.field(4, "Identity"))
    }

    /// `output` is one number, without any input.
    package mutating func addConstant(_ value: Float, _ output: String) {
        let number = (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
        // One axis of one element, float32, little-endian.
        let tensor = Self.field(1, number: 1) + Self.field(2, number: 1) + Self.field(9, number)
        let attribute = Self.field(1, "value") + Self.field(5, tensor) + Self.field(20, number: 4)
        nodes += Self.field(1, Self.field(2, output) + Self.field(4, "Constant") + Self.field(5, attribute))
    }

    /// `output` [batch, columns] is the mean over the rows of `input` [batch, rows, columns].
    package mutating func addMeanOfRows(_ input: String, _ output: String) {
        let axes = Self.field(1, "axes") + Self.field(8, number: 1) + Self.field(20, number: 7)
        let keep = Self.field(1, "keepdims") + Self.field(3, number: 0) + Self.field(20, number: 2)
        nodes += Self.field(
            1,
            Self.field(1, input) + Self.field(2, output) + Self.field(4, "ReduceMean") + Self.field(5, axes)
                + Self.field(5, keep))
    }

    /// The model's bytes.
    /// - Parameter prefix: put before the graph.
    package func bytes(inputs: [Tensor], outputs: [Tensor], prefix: [UInt8] = []) -> [UInt8] {
        var graph = nodes + Self.field(2, "graph")
        for input in inputs { graph += Self.field(11, Self.declaration(input)) }
        for output in outputs { graph += Self.field(12, Self.declaration(output)) }
        // IR version 8, operator set 17.
        return Self.field(1, number: 8) + prefix + Self.field(8, Self.field(2, number: 17)) + Self.field(7, graph)
    }

    private static func declaration(_ tensor: Tensor) -> [UInt8] {
        var axes: [UInt8] = []
        for (axis, extent) in tensor.shape.enumerated() {
            let dimension = extent < 0 ? field(2, "d\(axis)") : field(1, number: UInt64(extent))
            axes += field(1, dimension)
        }
        let type = field(1, field(1, number: 1) + field(2, axes))
        return field(1, tensor.name) + field(2, type)
    }

    // Protobuf.

    package static func field(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(UInt64(content.count)) + content
    }

    package static func field(_ number: UInt64, _ text: String) -> [UInt8] {
        field(number, Array(text.utf8))
    }

    package static func field(_ number: UInt64, number value: UInt64) -> [UInt8] {
        varint(number << 3) + varint(value)
    }

    package static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F | 0x80))
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
