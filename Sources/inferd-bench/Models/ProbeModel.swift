/// A small multi-layer perceptron as an ONNX model, made here so that what is measured depends on no
/// file: `x` float32 [batch, 32] -> Gemm 64 -> Relu -> Gemm 64 -> Relu -> Gemm 8 -> `y` float32 [batch, 8].
enum ProbeModel {
    static let name = "bench-mlp"
    static let input = "x"
    static let output = "y"
    static let inputWidth = 32
    private static let widths = [inputWidth, 64, 64, 8]

    /// The bytes of `model.onnx`. Field numbers are those of onnx.proto, IR version 8, opset 17.
    static func encoded() -> [UInt8] {
        var model = ProtobufWriter()
        model.varint(1, 8)
        model.text(2, "inferd-bench")
        model.message(7) { graph in
            writeNodes(into: &graph)
            graph.text(2, name)
            writeWeights(into: &graph)
            graph.message(11) { writeValue(input, width: widths[0], into: &$0) }
            graph.message(12) { writeValue(output, width: widths[widths.count - 1], into: &$0) }
        }
        model.message(8) { opset in
            opset.text(1, "")
            opset.varint(2, 17)
        }
        return model.bytes
    }

    /// The input's values, one row.
    static let row: [Float] = (0..<inputWidth).map { Float($0) / Float(inputWidth) - 0.5 }

    private static func writeNodes(into graph: inout ProtobufWriter) {
        let layers = widths.count - 1
        var current = input
        for layer in 0..<layers {
            let isLast = layer == layers - 1
            let sum = isLast ? output : "sum\(layer)"
            graph.message(1) { node in
                for name in [current, "weight\(layer)", "bias\(layer)"] { node.text(1, name) }
                node.text(2, sum)
                node.text(4, "Gemm")
            }
            if !isLast {
                current = "layer\(layer)"
                graph.message(1) { node in
                    node.text(1, sum)
                    node.text(2, current)
                    node.text(4, "Relu")
                }
            }
        }
    }

    private static func writeWeights(into graph: inout ProtobufWriter) {
        for layer in 0..<widths.count - 1 {
            let (rows, columns) = (widths[layer], widths[layer + 1])
            graph.message(5) { writeTensor("weight\(layer)", shape: [rows, columns], into: &$0) }
            graph.message(5) { writeTensor("bias\(layer)", shape: [columns], into: &$0) }
        }
    }

    /// Small values that differ, so that nothing is folded away.
    private static func writeTensor(_ name: String, shape: [Int], into tensor: inout ProtobufWriter) {
        let count = shape.reduce(1, *)
        for extent in shape { tensor.varint(1, UInt64(extent)) }
        tensor.varint(2, 1)
        tensor.text(8, name)
        tensor.bytes(9, littleEndian((0..<count).map { Float($0 * 37 % 101 - 50) / 400 }))
    }

    private static func writeValue(_ name: String, width: Int, into value: inout ProtobufWriter) {
        value.text(1, name)
        value.message(2) { type in
            type.message(1) { tensor in
                tensor.varint(1, 1)
                tensor.message(2) { shape in
                    shape.message(1) { $0.text(2, "batch") }
                    shape.message(1) { $0.varint(1, UInt64(width)) }
                }
            }
        }
    }

    /// A tensor's bytes as they stand in a request.
    static func littleEndian(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in
            let bits = value.bitPattern
            return [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bits >> $0) }
        }
    }
}

extension ProbeModel {
    /// Makes a repository that holds nothing but this model, as a plain directory, and returns its path.
    static func writeRepository(in scratch: ScratchDirectory) throws(BenchError) -> String {
        let repository = try scratch.makeDirectory("models")
        _ = try scratch.makeDirectory("models/\(name)")
        let version = try scratch.makeDirectory("models/\(name)/1")
        try WholeFile.write(encoded(), to: "\(version)/model.onnx")
        return repository
    }
}
