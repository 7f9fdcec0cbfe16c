/// Writes ONNX models field by field (onnx.proto), such as no exporter would.
struct OnnxBytes {
    private(set) var bytes: [UInt8] = []

    static func message(_ write: (inout OnnxBytes) -> Void) -> [UInt8] {
        var message = OnnxBytes()
        write(&message)
        return message.bytes
    }

    mutating func append(raw: [UInt8]) {
        bytes += raw
    }

    mutating func append(varint value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func append(_ field: UInt64, _ value: UInt64) {
        append(varint: field << 3)
        append(varint: value)
    }

    mutating func append(_ field: UInt64, _ content: [UInt8]) {
        append(varint: field << 3 | 2)
        append(varint: UInt64(content.count))
        bytes += content
    }

    mutating func append(_ field: UInt64, _ text: String) {
        append(field, Array(text.utf8))
    }

    // The messages of onnx.proto.

    static let float: UInt64 = 1
    static let string: UInt64 = 8

    static func model(_ graph: [UInt8], before: [UInt8] = []) -> [UInt8] {
        message {
            $0.append(1, 8)
            $0.append(8, message { $0.append(2, 17) })
            $0.append(raw: before)
            $0.append(7, graph)
        }
    }

    static func graph(
        nodes: [[UInt8]] = [], weights: [[UInt8]] = [], inputs: [[UInt8]] = [], outputs: [[UInt8]] = []
    ) -> [UInt8] {
        message { graph in
            nodes.forEach { graph.append(1, $0) }
            graph.append(2, "graph")
            weights.forEach { graph.append(5, $0) }
            inputs.forEach { graph.append(11, $0) }
            outputs.forEach { graph.append(12, $0) }
        }
    }

    static func node(_ type: String, _ inputs: [String], _ outputs: [String], attributes: [[UInt8]] = []) -> [UInt8] {
        message { node in
            inputs.forEach { node.append(1, $0) }
            outputs.forEach { node.append(2, $0) }
            node.append(4, type)
            attributes.forEach { node.append(5, $0) }
        }
    }

    /// A tensor of one axis; `extent` nil is free.
    static func value(_ name: String, _ type: UInt64 = float, extent: UInt64? = nil) -> [UInt8] {
        let axis = message { axis in
            if let extent { axis.append(1, extent) } else { axis.append(2, "n") }
        }
        let tensor = message {
            $0.append(1, type)
            $0.append(2, message { $0.append(1, axis) })
        }
        return message {
            $0.append(1, name)
            $0.append(2, message { $0.append(1, tensor) })
        }
    }

    /// Two floats, in the model or, as `external` says, not.
    static func weight(_ name: String, external: ((inout OnnxBytes) -> Void)? = nil) -> [UInt8] {
        message { tensor in
            tensor.append(1, 2)
            tensor.append(2, float)
            tensor.append(8, name)
            if let external {
                external(&tensor)
            } else {
                tensor.append(9, [0, 0, 128, 63, 0, 0, 0, 64])
            }
        }
    }

    static func externalEntry(_ key: String, _ value: String) -> [UInt8] {
        message {
            $0.append(1, key)
            $0.append(2, value)
        }
    }

    /// `y = x + w`, with the weight that is given.
    static func sum(_ weight: [UInt8], before: [UInt8] = []) -> [UInt8] {
        model(
            graph(
                nodes: [node("Add", ["x", "w"], ["y"])], weights: [weight], inputs: [value("x", extent: 2)],
                outputs: [value("y", extent: 2)]), before: before)
    }
}
