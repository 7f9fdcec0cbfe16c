import InferdBase
import Testing

@testable import InferdEngine

struct ModelRunnerTests {
    private func sum<Element: BitwiseCopyable & Equatable>(
        _ name: String, _ left: [Element], _ right: [Element]
    ) throws -> [Element] {
        let runner = try TestModels.runner("add_\(name)")
        let rows = Int64(left.count / 3)
        let (a, b) = (TensorBuffer(left), TensorBuffer(right))
        try runner.bindInput(0, [rows, 3], a)
        try runner.bindInput(1, [rows, 3], b)
        try runner.run()
        let found = try runner.read(0, as: Element.self)
        #expect(found.shape == [rows, 3])
        return found.values
    }

    @Test func everyServedTypeIsComputed() throws {
        #expect(try sum("float32", [1.5, -2, 3], [1, 1, 1] as [Float]) == [2.5, -1, 4])
        #expect(try sum("float64", [1e300, -2, 3], [1e300, 1, 1] as [Double]) == [2e300, -1, 4])
        #expect(try sum("int32", [1, -2, Int32.max], [1, 1, 0]) == [2, -1, Int32.max])
        #expect(try sum("int64", [1, -2, Int64.max], [1, 1, 0]) == [2, -1, Int64.max])
        #expect(try sum("bool", [true, true, false], [true, false, false]) == [true, false, false])
    }

    @Test func theBatchAxisIsFreeFromRunToRun() throws {
        let runner = try TestModels.runner("linear")
        for rows in [1, 5, 0, 2, 1000] {
            let input = TensorBuffer((0..<rows * 4).map(Float.init))
            try runner.bindInput(0, [Int64(rows), 4], input)
            try runner.run()
            let found = try runner.read(0, as: Float.self)
            #expect(found.shape == [Int64(rows), 2])
            // w is 0, 1/4, ... 7/4 in rows of 2, c is 1/2 and -1/2.
            var expected: [Float] = []
            for row in 0..<rows {
                for column in 0..<2 {
                    var sum = column == 0 ? Float(0.5) : -0.5
                    for place in 0..<4 {
                        sum += Float((row * 4 + place) * (2 * place + column)) / 4
                    }
                    expected.append(sum)
                }
            }
            #expect(found.values == expected, "\(rows) rows")
        }
    }

    @Test func aScalarHasNoAxes() throws {
        let runner = try TestModels.runner("scalar")
        let input = TensorBuffer([2.5] as [Float])
        try runner.bindInput(0, [], input)
        try runner.run()
        let found = try runner.read(0, as: Float.self)
        #expect(found.shape == [] && found.values == [-2.5])
    }

    @Test func oneRunOfManyRowsEqualsManyRunsWithStatesCarriedOn() throws {
        let rows: [Float] = [1, -1, 0.5, 2, -0.3, 0.1]
        let whole = try TestModels.runner("lstm")
        let zeros = TensorBuffer([Float](repeating: 0, count: 3))
        let all = TensorBuffer(rows)
        try whole.bindInput(0, [1, 3, 2], all)
        try whole.bindInput(1, [1, 1, 3], zeros)
        try whole.bindInput(2, [1, 1, 3], zeros)
        try whole.run()
        let expected = try whole.read(0, as: Float.self).values

        let stepwise = try TestModels.runner("lstm")
        let row = TensorBuffer([0, 0] as [Float])
        let (h, c) = (TensorBuffer([0, 0, 0] as [Float]), TensorBuffer([0, 0, 0] as [Float]))
        let (hOut, cOut) = (TensorBuffer(byteCount: 12), TensorBuffer(byteCount: 12))
        try stepwise.bindInput(0, [1, 1, 2], row)
        try stepwise.bindInput(1, [1, 1, 3], h)
        try stepwise.bindInput(2, [1, 1, 3], c)
        try stepwise.bindOutput(1, [1, 1, 3], hOut)
        try stepwise.bindOutput(2, [1, 1, 3], cOut)
        for step in 0..<3 {
            row.write(Array(rows[step * 2..<step * 2 + 2]))
            try stepwise.run()
            h.write(hOut.values(as: Float.self))
            c.write(cOut.values(as: Float.self))
        }
        let found = try stepwise.read(0, as: Float.self).values
        #expect(abs(found[0] - expected[0]) < 1e-6 && found[0] != 0)
    }

    // Outputs.

    private func severalOutputs() throws -> (runner: BoundRunner, input: TensorBuffer) {
        let runner = try TestModels.runner("several_outputs")
        let input = TensorBuffer([4, -1, 9] as [Float])
        try runner.bindInput(0, [3], input)
        return (runner, input)
    }

    @Test func outputsGoToTheCallersMemory() throws {
        let (runner, input) = try severalOutputs()
        let square = TensorBuffer(byteCount: 12)
        try runner.bindOutput(1, [3], square)
        try runner.run()
        #expect(square.values(as: Float.self) == [16, 1, 81])
        #expect(unsafe try runner.runner.output(1).bytes.baseAddress == UnsafeRawPointer(square.address))
        #expect(try runner.read(1, as: Float.self).shape == [3])
        // The others in the engine's memory, and this one too once it is unbound.
        #expect(try runner.read(0, as: Float.self).values == [8, -2, 18])
        runner.runner.unbindOutput(1)
        input.write([1, 2, 3] as [Float])
        try runner.run()
        #expect(try runner.read(1, as: Float.self).values == [1, 4, 9])
        #expect(square.values(as: Float.self) == [16, 1, 81])
    }

    @Test func onlySelectedOutputsAreComputed() throws {
        let (runner, _) = try severalOutputs()
        runner.runner.selectOutputs(0b101)
        try runner.run()
        #expect(try runner.read(0, as: Float.self).values == [8, -2, 18])
        let root = try runner.read(2, as: Float.self).values
        #expect(root[0] == 2 && root[1].isNaN && root[2] == 3)
        let error = #expect(throws: EngineError.self) { _ = try runner.read(1, as: Float.self) }
        #expect(error == EngineError(.failed, "output 'square' was not computed"))
    }

    /// What was bound or selected anew has no value before the next run: neither the old one nor, worse, another
    /// output's.
    @Test func valuesOfAnEarlierChoiceAreNotGiven() throws {
        let (runner, _) = try severalOutputs()
        let buffers = (0..<3).map { _ in TensorBuffer(byteCount: 12) }
        for index in 0..<3 {
            try runner.bindOutput(index, [3], buffers[index])
        }
        try runner.run()
        runner.runner.selectOutputs(0b100)
        #expect(throws: EngineError.self) { _ = try runner.read(2, as: Float.self) }
        try runner.run()
        #expect(try runner.read(2, as: Float.self).values[0] == 2)
        runner.runner.unbindOutput(2)
        #expect(throws: EngineError.self) { _ = try runner.read(2, as: Float.self) }
        try runner.run()
        #expect(try runner.read(2, as: Float.self).values[0] == 2)
        let other = TensorBuffer(byteCount: 12)
        try runner.bindOutput(2, [3], other)
        #expect(throws: EngineError.self) { _ = try runner.read(2, as: Float.self) }
    }

    @Test func beforeTheFirstRunThereAreNoOutputs() throws {
        let (runner, _) = try severalOutputs()
        #expect(throws: EngineError(.failed, "output 'double' was not computed")) {
            _ = try runner.read(0, as: Float.self)
        }
    }

    // Faults.

    private func check(_ error: EngineError?, _ kind: EngineError.Kind) {
        #expect(error?.kind == kind, "\(String(describing: error))")
        #expect(error?.message.contains("/") == false && error?.message.isEmpty == false)
    }

    @Test func missingInputsAreNamed() throws {
        let runner = try TestModels.runner("add_float32")
        let input = TensorBuffer([1, 2, 3] as [Float])
        try runner.bindInput(0, [1, 3], input)
        let error = #expect(throws: EngineError.self) { try runner.run() }
        #expect(error == EngineError(.invalidInput, "input 'b' is missing"))
    }

    @Test(
        arguments: [
            [2, 4], [4], [1, 1, 4], [-1, 4], [Int64.max, Int64.max], [Int64.min, 4], [1 << 62, 4], [],
        ] as [[Int64]])
    func shapesThatDoNotFitAreTypedErrors(shape: [Int64]) throws {
        let runner = try TestModels.runner("linear")
        let input = TensorBuffer([1, 2, 3, 4] as [Float])
        let error = #expect(throws: EngineError.self) {
            try runner.bindInput(0, shape, input)
            try runner.run()
        }
        check(error, .invalidInput)
        // It serves the next.
        try runner.bindInput(0, [1, 4], input)
        try runner.run()
        #expect(try runner.read(0, as: Float.self).values == [10.5, 12])
    }

    @Test func outputsOfAnotherShapeAreTypedErrors() throws {
        let runner = try TestModels.runner("linear")
        let input = TensorBuffer([1, 2, 3, 4] as [Float])
        let output = TensorBuffer(byteCount: 64)
        try runner.bindInput(0, [1, 4], input)
        for shape in [[2, 2], [1, 3], [2]] as [[Int64]] {
            try runner.bindOutput(0, shape, output)
            let error = #expect(throws: EngineError.self, "\(shape)") { try runner.run() }
            #expect(error?.message.contains("/") == false)
        }
        try runner.bindOutput(0, [1, 2], output)
        try runner.run()
        #expect(output.values(as: Float.self).prefix(2) == [10.5, 12])
    }

    @Test func whatFailsWithinTheModelIsATypedError() throws {
        let runner = try TestModels.runner("pick")
        let input = TensorBuffer([1, 99] as [Int64])
        try runner.bindInput(0, [2], input)
        let error = #expect(throws: EngineError.self) { try runner.run() }
        #expect(error?.kind == .invalidInput || error?.kind == .failed)
        #expect(error?.message.contains("/") == false)
        input.write([1, -1] as [Int64])
        try runner.run()
        #expect(try runner.read(0, as: Float.self).values == [20, 30])
    }

    @Test(arguments: [-1, 1 << 40, 1 << 61, Int64.max, Int64.min])
    func outputsTooLargeForMemoryAreTypedErrors(count: Int64) throws {
        let runner = try TestModels.runner("fill")
        let input = TensorBuffer([count])
        try runner.bindInput(0, [1], input)
        let error = #expect(throws: EngineError.self) { try runner.run() }
        #expect(error?.message.contains("/") == false)
        input.write([3] as [Int64])
        try runner.run()
        #expect(try runner.read(0, as: Float.self).values == [1, 1, 1])
    }

    @Test func anOutputOfNoElementsHasNoBytes() throws {
        let runner = try TestModels.runner("fill")
        let input = TensorBuffer([0] as [Int64])
        try runner.bindInput(0, [1], input)
        try runner.run()
        let found = try runner.read(0, as: Float.self)
        #expect(found.shape == [0] && found.values == [])
    }
}
