import InferdBase
import Testing

@testable import InferdModels

struct TensorCheckTests {
    private static func description(_ changes: (String, String)...) throws -> BundleDescription {
        var yaml = TestBundle.description
        for (part, other) in changes {
            yaml = yaml.replacing(part, with: other)
        }
        return try BundleDescription(yaml: yaml)
    }

    private static func stateful(_ state: String = "{input: h, output: h2}") throws -> BundleDescription {
        try description(
            ("mode: autoregressive, chunk: 2", "mode: stateful"),
            ("output: forecast", "output: forecast, states: [\(state)]"))
    }

    private static func float(_ name: String, _ shape: Int64...) -> TensorShape {
        TensorShape(name: name, type: .float32, shape: shape)
    }

    private static let window = float("window", -1, 12, 3)
    private static let output = float("forecast", -1, 2, 3)

    private func failure(
        _ description: BundleDescription, _ inputs: [TensorShape], _ outputs: [TensorShape], columns: Int = 3,
        future: Int = 0
    ) -> String? {
        let error = #expect(throws: BundleError.self) {
            try description.check(inputs: inputs, outputs: outputs, columns: columns, futureColumns: future)
        }
        #expect(error?.file == "model.onnx")
        return error?.message
    }

    @Test func tensorsThatFitPass() throws {
        let description = try Self.description()
        for rows in [12, -1] as [Int64] {
            try description.check(
                inputs: [Self.float("window", -1, rows, 3)], outputs: [Self.output, Self.float("other", 7)], columns: 3,
                futureColumns: 0)
        }
    }

    @Test func tensorsOfAnotherNameTypeOrShapeAreNamed() throws {
        let description = try Self.description()
        #expect(
            failure(description, [Self.float("x", -1, 12, 3)], [Self.output])
                == "tensors.window: expected a tensor 'window', found 'x'")
        #expect(
            failure(description, [Self.float("window", -1, 12, 4)], [Self.output])
                == "tensors.window: expected float32 [?, 12, 3] for 'window', found float32 [?, 12, 4]")
        #expect(
            failure(description, [Self.float("window", -1, 36)], [Self.output])
                == "tensors.window: expected float32 [?, 12, 3] for 'window', found float32 [?, 36]")
        #expect(
            failure(description, [TensorShape(name: "window", type: .float64, shape: [-1, 12, 3])], [Self.output])
                == "tensors.window: expected float32 [?, 12, 3] for 'window', found float64 [?, 12, 3]")
        #expect(
            failure(description, [Self.window], [Self.float("forecast", -1, 2)])
                == "tensors.output: expected float32 [?, 2, 3] for 'forecast', found float32 [?, 2]")
        #expect(failure(description, [Self.window], []) == "tensors.output: expected a tensor 'forecast', found ")
        #expect(
            failure(description, [Self.window, Self.float("more", 1)], [Self.output])
                == "expected inputs window, found also 'more'")
    }

    @Test func theFutureTensorCoversTheGreatestHorizon() throws {
        let description = try Self.description(
            ("mode: autoregressive, chunk: 2", "mode: direct"), ("output: forecast", "output: forecast, future: f"))
        let output = Self.float("forecast", -1, 30, 3)
        try description.check(
            inputs: [Self.window, Self.float("f", -1, 30, 2)], outputs: [output], columns: 3, futureColumns: 2)
        #expect(
            failure(description, [Self.window, Self.float("f", -1, 6, 2)], [output], future: 2)
                == "tensors.future: expected float32 [?, 30, 2] for 'f', found float32 [?, 6, 2]")
        #expect(failure(description, [Self.window], [output], future: 2)?.hasPrefix("tensors.future: ") == true)
    }

    @Test func statesHaveFixedExtentsButForTheBatch() throws {
        let description = try Self.stateful("{input: h, output: h2, batch_axis: 1}")
        let output = Self.float("forecast", -1, 1, 3)
        let window = Self.float("window", -1, -1, 3)
        func check(_ input: TensorShape, _ result: TensorShape, _ window: TensorShape = window) -> String? {
            failure(description, [window, input], [output, result])
        }
        for rows in [-1, 1] as [Int64] {
            try description.check(
                inputs: [Self.float("window", -1, rows, 3), Self.float("h", 2, -1, 8)],
                outputs: [output, Self.float("h2", 2, -1, 8)], columns: 3, futureColumns: 0)
        }
        #expect(
            check(Self.float("h", 2, -1, 8), Self.float("h2", 2, -1, 8), Self.float("window", -1, 12, 3))
                == "tensors.window: expected a time axis of any length or of 1, found one of 12")
        #expect(
            check(Self.float("h", -1, -1, 8), Self.float("h2", 2, -1, 8))
                == "tensors.states[0]: expected fixed extents but for the batch, found float32 [?, ?, 8]")
        #expect(
            check(Self.float("h", 2, -1, 0), Self.float("h2", 2, -1, 0))
                == "tensors.states[0]: expected fixed extents but for the batch, found float32 [2, ?, 0]")
        #expect(
            check(Self.float("h", 2, -1, 8), Self.float("h2", 2, -1, 9))
                == "tensors.states[0]: expected an output of the input's shape float32 [2, ?, 8], found float32 [2, ?, 9]"
        )
        #expect(
            check(Self.float("h", 2), Self.float("h2", 2))
                == "tensors.states[0].batch_axis: expected an axis of float32 [2], found 1")
        #expect(
            check(TensorShape(name: "h", type: .int64, shape: [2, -1]), Self.float("h2", 2, -1))
                == "tensors.states[0]: expected float32 tensors, found int64 [2, ?] and float32 [2, ?]")
        #expect(
            check(Self.float("g", 2, -1), Self.float("h2", 2, -1))
                == "tensors.states[0]: expected a tensor 'h', found 'window', 'g'")
    }

    @Test(
        arguments: [
            [1 << 40, -1, 1 << 40], [Int64.max, -1], [3, -1, Int64.max / 2], [64 << 20, -1, 2],
        ] as [[Int64]])
    func statesTooLargeToHoldAreRefused(shape: [Int64]) throws {
        let description = try Self.stateful("{input: h, output: h2, batch_axis: 1}")
        let message = failure(
            description, [Self.float("window", -1, -1, 3), TensorShape(name: "h", type: .float32, shape: shape)],
            [Self.float("forecast", -1, 1, 3), TensorShape(name: "h2", type: .float32, shape: shape)])
        #expect(message?.hasPrefix("tensors.states[0]: expected states of at most 67108864 bytes") == true)
    }

    @Test func noTensorIsTwoThings() throws {
        let description = try Self.stateful("{input: window, output: h2}")
        let window = Self.float("window", -1, -1, 3)
        #expect(failure(description, [window], [Self.float("forecast", -1, 1, 3), window]) != nil)
    }

    @Test(arguments: ["-1", "2", "9223372036854775807"])
    func theBatchAxisIsAnAxis(axis: String) throws {
        let description = try Self.stateful("{input: h, output: h2, batch_axis: \(axis)}")
        #expect(
            failure(
                description, [Self.float("window", -1, -1, 3), Self.float("h", -1, 8)],
                [Self.float("forecast", -1, 1, 3), Self.float("h2", -1, 8)])
                == "tensors.states[0].batch_axis: expected an axis of float32 [?, 8], found \(axis)")
    }
}
