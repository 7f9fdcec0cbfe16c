import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// Tensor requests that can never succeed, against the real daemon.
struct InferRefusalTests {
    struct Case: Sendable {
        let name: String
        let model: String
        let code: StatusCode
        let field: String
        let text: String
        let inputs: [TensorValues]
        let outputs: [String]

        init(
            _ name: String, _ model: String, code: StatusCode = .invalidArgument, _ field: String, _ text: String,
            _ inputs: [TensorValues], outputs: [String] = []
        ) {
            self.name = name
            self.model = model
            self.code = code
            self.field = field
            self.text = text
            self.inputs = inputs
            self.outputs = outputs
        }
    }

    /// A tensor of zeros, or of `bytes` bytes whatever its shape says.
    private static func tensor(
        _ name: String, _ type: ElementType, _ shape: [Int64], bytes: Int? = nil
    ) -> TensorValues {
        let size = bytes ?? shape.reduce(type.byteCount) { $0 * Int($1) }
        return TensorValues(name: name, type: type, shape: shape, data: [UInt8](repeating: 0, count: size))
    }

    private static let row = tensor("x", .float32, [1, 4])

    private static let names = [
        Case("no inputs", "linear", "infer.inputs", "'x'", []),
        Case(
            "wrong name", "linear", "infer.inputs[0].name", "no input 'X'; it has 'x'", [tensor("X", .float32, [1, 4])]),
        Case("empty name", "linear", "infer.inputs[0].name", "no input ''", [tensor("", .float32, [1, 4])]),
        Case(
            "long name", "linear", "infer.inputs[0].name", "no input",
            [tensor(String(repeating: "x", count: 4000), .float32, [1, 4])]),
        Case("given twice", "linear", "infer.inputs[1].name", "twice", [row, row]),
        Case("one missing", "add_float32", "infer.inputs", "'b'", [tensor("a", .float32, [1, 3])]),
        Case("wrong output", "linear", "infer.outputs[1]", "no output 'z'; it has 'y'", [row], outputs: ["y", "z"]),
        Case("output twice", "linear", "infer.outputs[1]", "twice", [row], outputs: ["y", "y"]),
        Case("too many tensors", "linear", "infer.inputs", "256", Array(repeating: row, count: 257)),
    ]

    private static let types = [
        Case("wrong type", "linear", "infer.inputs[0].type", "is float64", [tensor("x", .float64, [1, 4])]),
        Case("strings", "linear", "infer.inputs[0].type", "string", [tensor("x", .string, [1, 4], bytes: 16)]),
        Case(
            "neither true nor false", "add_bool", "infer.inputs[1].data", "byte 2",
            [
                tensor("a", .bool, [1, 3]), TensorValues(name: "b", type: .bool, shape: [1, 3], data: [0, 1, 2]),
            ]),
    ]

    private static let shapes = [
        Case("rank too small", "linear", "infer.inputs[0].shape", "1 axes", [tensor("x", .float32, [4])]),
        Case("rank too large", "linear", "infer.inputs[0].shape", "3 axes", [tensor("x", .float32, [1, 1, 4])]),
        Case(
            "rank over all limits", "linear", "infer.inputs[0].shape", "axes",
            [tensor("x", .float32, Array(repeating: 1, count: 1000))]),
        Case("a scalar wanted", "scalar", "infer.inputs[0].shape", "1 axes", [tensor("x", .float32, [1])]),
        Case("wrong extent", "linear", "infer.inputs[0].shape[1]", "is 5", [tensor("x", .float32, [1, 5])]),
        Case(
            "negative", "linear", "infer.inputs[0].shape[0]", "negative", [tensor("x", .float32, [-1, 4], bytes: 16)]),
        Case(
            "least of all", "linear", "infer.inputs[0].shape[0]", "negative",
            [
                tensor("x", .float32, [.min, 4], bytes: 16)
            ]),
        Case(
            "product overflows", "linear", "infer.inputs[0].shape", "64 bits",
            [
                tensor("x", .float32, [.max, 4], bytes: 16)
            ]),
        Case(
            "product overflows to nothing", "linear", "infer.inputs[0].shape", "64 bits",
            [
                tensor("x", .float32, [1 << 62, 4], bytes: 0)
            ]),
        Case(
            "bytes overflow", "linear", "infer.inputs[0].data", "64 bits",
            [
                tensor("x", .float32, [1 << 60, 4], bytes: 16)
            ]),
        Case(
            "bytes overflow to nothing", "add_int64", "infer.inputs[0].data", "64 bits",
            [
                tensor("a", .int64, [1 << 61, 3], bytes: 0), tensor("b", .int64, [1 << 61, 3], bytes: 0),
            ]),
        Case(
            "bytes missing", "linear", "infer.inputs[0].data", "needs 16", [tensor("x", .float32, [1, 4], bytes: 15)]),
        Case(
            "bytes left over", "linear", "infer.inputs[0].data", "needs 16", [tensor("x", .float32, [1, 4], bytes: 17)]),
        Case(
            "more rows than bytes", "linear", "infer.inputs[0].data", "needs 16000000",
            [
                tensor("x", .float32, [1_000_000, 4], bytes: 16)
            ]),
    ]

    /// What only the model can tell.
    private static let runs = [
        Case(
            "rows that do not go together", "add_float32", code: .failedPrecondition, "", "the model failed",
            [
                tensor("a", .float32, [2, 3]), tensor("b", .float32, [3, 3]),
            ]),
        Case(
            "an index the model has not", "pick", "infer.inputs", "idx=99",
            [
                TensorValues(name: "indices", type: .int64, shape: [1], data: [99, 0, 0, 0, 0, 0, 0, 0])
            ]),
    ]

    @Test func whatCannotSucceedIsRefusedByFieldAndTheConnectionLives() throws {
        let client = try BadInput.connect()
        for item in Self.names + Self.types + Self.shapes + Self.runs {
            let id = try client.send(model: item.model) { $0.writeInfer(item.inputs, outputs: item.outputs) }
            try BadInput.expectRefusal(client, id: id, item.code, item.field, item.text, item.name)
        }
        try client.send(model: "linear") { $0.writeInfer([TensorValues([1, 2, 3, 4])], outputs: []) }
        #expect(try client.receive().error == nil)
    }

    @Test func noRowsAtAllAreNoError() throws {
        let client = try BadInput.connect()
        try client.send(model: "linear") { $0.writeInfer([Self.tensor("x", .float32, [0, 4])], outputs: []) }
        let reply = try client.receive()
        guard case .infer(_, _, let outputs) = reply.body else {
            Issue.record("\(reply)")
            return
        }
        #expect(outputs.map(\.shape) == [[0, 2]])
        #expect(outputs.map(\.data) == [[]])
    }
}
