import Foundation
import InferdBase
import InferdTestSupport
import Testing

@testable import InferdEngine

struct ModelLoadingTests {
    private func refusal(_ bytes: [UInt8]) -> EngineError? {
        let error = #expect(throws: EngineError.self) { try TestModels.load(bytes) }
        #expect(error?.kind == .modelRefused)
        // Neither of this machine nor of the one that built the runtime.
        #expect(error?.message.contains("/") == false && error?.message.contains("\n") == false)
        return error
    }

    private func refusal(file: String) throws -> String? {
        refusal(try TestModels.bytes(file))?.message
    }

    @Test func theSignatureIsTheModelsOwn() throws {
        let lstm = try TestModels.load("lstm").signature
        #expect(lstm.inputs.map(\.text) == ["float32 [?, ?, 2]", "float32 [1, ?, 3]", "float32 [1, ?, 3]"])
        #expect(lstm.inputs.map(\.name) == ["window", "h_in", "c_in"])
        #expect(lstm.outputs.map(\.name) == ["forecast", "h_out", "c_out"])
        #expect(try TestModels.load("scalar").signature.inputs == [.init(name: "x", type: .float32, shape: [])])
    }

    @Test(arguments: [
        ("string_input", "input 'x' holds strings, which are not served: float32, float64, int32, int64 and bool are"),
        (
            "half_input",
            "input 'x' holds elements of a type that is not served: float32, float64, int32, int64 and bool are"
        ),
        ("sequence_output", "output 'pair' is no tensor but a sequence, map or optional"),
        ("rank_nine", "input 'x' has 9 axes; at most 8 are served"),
        ("external_data", "the model keeps tensors in other files; export it as one file"),
        ("external_in_branch", "the model keeps tensors in other files; export it as one file"),
    ])
    func modelsThatAreNotServedAreRefusedClearly(name: String, message: String) throws {
        #expect(try refusal(file: "\(name).onnx") == message)
    }

    @Test func modelsOfTooManyTensorsAreRefused() {
        let names = (0..<65).map { "x\($0)" }
        let model = OnnxBytes.model(
            OnnxBytes.graph(
                nodes: [OnnxBytes.node("Sum", names, ["y"])], inputs: names.map { OnnxBytes.value($0) },
                outputs: [OnnxBytes.value("y")]))
        #expect(refusal(model)?.message == "the model has 65 inputs; at most 64 are served")
    }

    @Test func asManyTensorsAsThereMayBeAreServed() throws {
        let names = (0..<64).map { "x\($0)" }
        let model = OnnxBytes.model(
            OnnxBytes.graph(
                nodes: names.map { OnnxBytes.node("Neg", [$0], ["y\($0)"]) }, inputs: names.map { OnnxBytes.value($0) },
                outputs: names.map { OnnxBytes.value("y\($0)") }))
        let runner = try BoundRunner(TestModels.load(model))
        let buffers = names.indices.map { TensorBuffer([Float($0)]) }
        for index in names.indices {
            try runner.bindInput(index, [1], buffers[index])
        }
        try runner.run()
        #expect(try runner.read(63, as: Float.self).values == [-63])
    }

    // A constant is a model without inputs: unusual, and right.
    @Test func modelsWithoutInputsRun() throws {
        let constant = OnnxBytes.message {
            $0.append(1, "value")
            $0.append(5, OnnxBytes.weight("w"))
            $0.append(20, 4)
        }
        let model = OnnxBytes.model(
            OnnxBytes.graph(
                nodes: [OnnxBytes.node("Constant", [], ["y"], attributes: [constant])],
                outputs: [OnnxBytes.value("y", extent: 2)]))
        let runner = try BoundRunner(TestModels.load(model))
        try runner.run()
        #expect(try runner.read(0, as: Float.self).values == [1, 2])
    }

    @Test func modelsWithoutOutputsAreRefused() {
        #expect(refusal(OnnxBytes.model(OnnxBytes.graph(inputs: [OnnxBytes.value("x")]))) != nil)
        #expect(refusal(OnnxBytes.model(OnnxBytes.graph())) != nil)
    }

    // Damage.

    @Test func whatIsNoModelIsRefused() throws {
        #expect(try refusal(file: "noise.onnx") != nil)
        for bytes in [
            [], [0], [UInt8](repeating: 0, count: 100), [UInt8](repeating: 0xFF, count: 100), Array("{}".utf8),
        ] {
            #expect(refusal(bytes) != nil)
        }
    }

    @Test(arguments: ["linear.onnx", "lstm.onnx"])
    func everyTruncationIsRefused(file: String) throws {
        let bytes = try TestModels.bytes(file)
        // Without its last field, the operators' versions, a model is whole for the runtime, if of no version.
        for length in 0..<bytes.count - 8 {
            #expect(refusal(Array(bytes.prefix(length))) != nil, "\(length) bytes")
        }
    }

    /// A seed that stays, because what is damaged here goes through the runtime.
    @Test func damagedModelsAreRefusedOrRun() throws {
        var generator = SeededGenerator(seed: 20_240_229)
        let whole = try TestModels.bytes("linear.onnx")
        var refused = 0
        for _ in 0..<300 {
            var bytes = whole
            let place = bytes.indices.randomElement(using: &generator) ?? 0
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            do {
                _ = try TestModels.load(bytes).makeRunner(variants: 1)
            } catch let error as EngineError {
                #expect(error.kind == .modelRefused)
                refused += 1
            }
        }
        #expect(refused > 20)
    }

    @Test func theRuntimesOwnFormatIsRefused() throws {
        let bytes = try TestModels.bytes("linear.ort")
        #expect(Array(bytes[0..<8]) == [0x18, 0, 0, 0] + Array("ORTM".utf8))
        #expect(refusal(bytes) != nil)
        // The same with so much room after its head that, read as protobuf, it is a few unknown fields: the root's
        // offset of 0x01120518 is a number and the key of one byte, which is `O`; `RT` begins a field of 84 bytes.
        let room = 0x0112_0518 - 0x18
        var disguised: [UInt8] = [0x18, 0x05, 0x12, 0x01] + Array("ORTM".utf8) + [UInt8](repeating: 0, count: 83)
        let rest = OnnxBytes.message { $0.append(2, [UInt8](repeating: 0, count: room + bytes.count - 8 - 83 - 5)) }
        disguised += rest
        disguised.replaceSubrange((disguised.count - bytes.count + 8)..., with: bytes[8...])
        #expect(disguised.count == room + bytes.count)
        #expect(refusal(disguised)?.message != "the model is damaged: it cannot be read as ONNX")
    }

    // Tensors outside the model, hidden from whoever reads protobuf less patiently than the runtime does.

    private static func location(_ tensor: inout OnnxBytes) {
        tensor.append(13, OnnxBytes.externalEntry("location", "weights.bin"))
        tensor.append(14, 1)
    }

    /// Bytes before the graph that a parser passes over, and that the scan must not stop at.
    @Test(
        arguments: [
            // A group of an unknown field, and one within another.
            [0xA3, 0x06, 0x08, 0x01, 0xA4, 0x06], [0xA3, 0x06, 0xAB, 0x06, 0xAC, 0x06, 0xA4, 0x06],
            // Unknown fields of every other kind.
            [0xA0, 0x06, 0x01], [0xA1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8], [0xA5, 0x06, 1, 2, 3, 4],
            [0xA2, 0x06, 0x01, 0xFF],
        ] as [[UInt8]])
    func externalTensorsBehindUnknownFieldsAreRefused(before: [UInt8]) {
        let hidden = OnnxBytes.sum(OnnxBytes.weight("w", external: Self.location), before: before)
        let found = refusal(hidden)?.message ?? ""
        #expect(found.hasPrefix("the model keeps tensors in other files") || found.hasPrefix("the model is damaged"))
    }

    @Test func fieldsWhoseNumberIsLongerThanItShouldBeAreRefused() {
        // Field 7, the graph, with bits that a parser of 32 bits drops.
        let graph = OnnxBytes.graph(
            nodes: [OnnxBytes.node("Add", ["x", "w"], ["y"])],
            weights: [OnnxBytes.weight("w", external: Self.location)], inputs: [OnnxBytes.value("x", extent: 2)],
            outputs: [OnnxBytes.value("y", extent: 2)])
        let model = OnnxBytes.message {
            $0.append(1, 8)
            $0.append(8, OnnxBytes.message { $0.append(2, 17) })
            $0.append(raw: [0xBA, 0x80, 0x80, 0x80, 0x10])
            $0.append(varint: UInt64(graph.count))
            $0.append(raw: graph)
        }
        #expect(refusal(model)?.message == "the model is damaged: it cannot be read as ONNX")
    }

    @Test func memoryOfTheProcessIsNoTensor() {
        let weight = OnnxBytes.weight("w") { tensor in
            tensor.append(13, OnnxBytes.externalEntry("location", "*/_ORT_MEM_ADDR_/*"))
            tensor.append(13, OnnxBytes.externalEntry("offset", "64"))
            tensor.append(13, OnnxBytes.externalEntry("length", "8"))
            tensor.append(14, 1)
        }
        #expect(
            refusal(OnnxBytes.sum(weight))?.message == "the model keeps tensors in other files; export it as one file")
    }

    @Test func nestingWithoutEndIsRefused() {
        var attribute: [UInt8] = []
        for _ in 0..<2000 {
            let graph = OnnxBytes.message { graph in
                graph.append(1, OnnxBytes.message { $0.append(5, attribute) })
            }
            attribute = OnnxBytes.message { $0.append(6, graph) }
        }
        let model = OnnxBytes.model(OnnxBytes.graph(nodes: [OnnxBytes.message { $0.append(5, attribute) }]))
        #expect(refusal(model)?.message == "the model's graphs are nested too deeply")
    }

    @Test func theWriterOfTheseModelsMakesModels() throws {
        let runner = try BoundRunner(TestModels.load(OnnxBytes.sum(OnnxBytes.weight("w"))))
        let input = TensorBuffer([10, 20] as [Float])
        try runner.bindInput(0, [2], input)
        try runner.run()
        #expect(try runner.read(0, as: Float.self).values == [11, 22])
    }

    /// A model is refused after its names were taken from the runtime: they go back.
    @Test func refusedModelsLeaveNothingBehind() throws {
        let name = String(repeating: "x", count: 1 << 20)
        let model = OnnxBytes.model(
            OnnxBytes.graph(
                nodes: [OnnxBytes.node("Identity", [name], ["y"])], inputs: [OnnxBytes.value(name, OnnxBytes.string)],
                outputs: [OnnxBytes.value("y", OnnxBytes.string)]))
        #expect(refusal(model)?.message.count ?? .max < 400)
        /// Memory that is really there, in bytes.
        func used() throws -> Int {
            let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
            return try #require(Int(pages)) * sysconf(Int32(_SC_PAGESIZE))
        }
        let before = try used()
        for _ in 0..<600 {
            _ = try? TestModels.load(model)
        }
        // Kept, the names alone would be 600 MB; other tests run beside this one.
        #expect(try used() - before < 300 << 20)
    }
}
