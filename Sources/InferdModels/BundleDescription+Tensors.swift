import InferdBase
import InferdForecast

extension BundleDescription {
    /// Holds the description against the tensors that the model really has.
    /// - Parameter columns: of the window tensor, as the features make them.
    /// - Parameter futureColumns: of the future tensor.
    package func check(
        inputs: [TensorShape], outputs: [TensorShape], columns: Int, futureColumns: Int
    ) throws(BundleError) {
        let horizon = Int64(forecast.maximumHorizon)
        // A stateful model's window may take any number of rows or one; -1 stands for either here.
        let rows: Int64 = forecast.decode == .stateful ? -1 : Int64(forecast.window)
        try Self.find(tensors.window, in: inputs, "tensors.window", [-1, rows, Int64(columns)])
        if forecast.decode == .stateful {
            let time = inputs.first { $0.name == tensors.window }?.shape[1] ?? -1
            try Self.require(
                time == -1 || time == 1, "tensors.window", "a time axis of any length or of 1", "one of \(time)")
        }
        if let future = tensors.future {
            try Self.find(future, in: inputs, "tensors.future", [-1, horizon, Int64(futureColumns)])
        }
        var output: [Int64] = [-1, Int64(forecast.chunk)]
        if !forecast.quantiles.isEmpty { output.append(Int64(forecast.quantiles.count)) }
        try Self.find(tensors.output, in: outputs, "tensors.output", output)
        for (index, state) in tensors.states.enumerated() {
            try check(state, "tensors.states[\(index)]", inputs, outputs)
        }
        try checkStateBytes(inputs)
        let named = [tensors.window] + [tensors.future].compactMap(\.self) + tensors.states.map(\.input)
        for input in inputs where !named.contains(input.name) {
            throw BundleError(
                file: Bundle.modelName, "expected inputs \(named.joined(separator: ", ")), found also '\(input.name)'")
        }
        try Self.require(
            Set(named).count == named.count, "tensors", "each tensor named once", "one that is named twice")
    }

    private func check(
        _ state: StateBinding, _ key: String, _ inputs: [TensorShape], _ outputs: [TensorShape]
    ) throws(BundleError) {
        guard let input = inputs.first(where: { $0.name == state.input }) else {
            throw Self.missing(state.input, inputs, key)
        }
        guard let output = outputs.first(where: { $0.name == state.output }) else {
            throw Self.missing(state.output, outputs, key)
        }
        try Self.require(
            input.type == .float32 && output.type == .float32, key, "float32 tensors",
            "\(input.text) and \(output.text)")
        try Self.require(
            input.shape.indices.contains(state.batchAxis), "\(key).batch_axis", "an axis of \(input.text)",
            "\(state.batchAxis)")
        for (axis, extent) in input.shape.enumerated() where axis != state.batchAxis {
            try Self.require(extent > 0, key, "fixed extents but for the batch", input.text)
        }
        let isSame =
            output.shape.count == input.shape.count
            && zip(input.shape, output.shape).allSatisfy { $0 == $1 || $0 < 0 || $1 < 0 }
        try Self.require(isSame, key, "an output of the input's shape \(input.text)", output.text)
    }

    /// All states together, of one row: their memory is allocated before the model has shown anything.
    private func checkStateBytes(_ inputs: [TensorShape]) throws(BundleError) {
        var total = 0
        for (index, state) in tensors.states.enumerated() {
            guard let input = inputs.first(where: { $0.name == state.input }) else { continue }
            let bytes = Self.bytes(of: input, batchAxis: state.batchAxis) ?? .max
            let (sum, overflow) = total.addingReportingOverflow(bytes)
            try Self.require(
                !overflow && sum <= Limits.stateBytes, "tensors.states[\(index)]",
                "states of at most \(Limits.stateBytes) bytes a row in all", input.text)
            total = sum
        }
    }

    /// What one row of a float32 state takes; nil: more than can be counted.
    private static func bytes(of state: TensorShape, batchAxis: Int) -> Int? {
        var bytes = MemoryLayout<Float>.size
        for (axis, extent) in state.shape.enumerated() where axis != batchAxis {
            guard let count = Int(exactly: extent),
                case let (product, overflow) = bytes.multipliedReportingOverflow(by: count), !overflow
            else { return nil }
            bytes = product
        }
        return bytes
    }

    /// Finds a float32 tensor of the given shape; -1 fits any extent, on either side.
    private static func find(
        _ name: String, in tensors: [TensorShape], _ key: String, _ shape: [Int64]
    ) throws(BundleError) {
        guard let tensor = tensors.first(where: { $0.name == name }) else {
            throw missing(name, tensors, key)
        }
        let wanted = TensorShape(name: name, type: .float32, shape: shape)
        let fits =
            tensor.type == .float32 && tensor.shape.count == shape.count
            && zip(tensor.shape, shape).allSatisfy { $0 == $1 || $0 < 0 || $1 < 0 }
        try require(fits, key, "\(wanted.text) for '\(name)'", tensor.text)
    }

    private static func missing(_ name: String, _ tensors: [TensorShape], _ key: String) -> BundleError {
        let names = tensors.map { "'\($0.name)'" }.joined(separator: ", ")
        return BundleError(file: Bundle.modelName, "\(key): expected a tensor '\(name)', found \(names)")
    }

    private static func require(
        _ holds: Bool, _ key: String, _ expected: String, _ found: String
    ) throws(BundleError) {
        if !holds {
            throw BundleError(file: Bundle.modelName, "\(key): expected \(expected), found \(found)")
        }
    }
}
