import InferdBase
import InferdEngine

/// Finds out whether a plain model's rows may share a run: whether each row of a run of several comes out
/// as it does alone.
///
/// The rows are made of a few plain numbers. A model that mixes rows (a softmax over the batch, say) shows
/// it; one that cannot be run on such numbers is taken for one that does.
struct CompanyCheck {
    private static let rows = 3
    private static let tolerance: Float = 1e-5
    /// Free extents beside the batch are taken to be this.
    private static let freeExtent: Int64 = 2
    private static let greatestElements = 1 << 20

    private let signature: ModelSignature
    private let runner: any ModelRunner

    init(_ model: any LoadedModel) throws(EngineError) {
        signature = model.signature
        runner = try model.makeRunner(variants: 1)
    }

    /// Whether company changes nothing.
    var isPassed: Bool {
        get throws(EngineError) {
            let tensors = signature.inputs + signature.outputs
            guard tensors.allSatisfy({ $0.shape.first == -1 && $0.type == .float32 }) else { return false }
            let together = try run(rows: 0..<Self.rows)
            for row in 0..<Self.rows {
                let alone = try run(rows: row..<row + 1)
                for (output, values) in alone.enumerated() {
                    let width = values.count
                    guard together[output].count == Self.rows * width else { return false }
                    for (index, value) in values.enumerated() {
                        let shared = together[output][row * width + index]
                        guard abs(shared - value) <= Self.tolerance * max(abs(value), 1) else { return false }
                    }
                }
            }
            return true
        }
    }

    /// The outputs' elements.
    private func run(rows: Range<Int>) throws(EngineError) -> [[Float]] {
        var memory: [OwnedInput] = []
        for (index, input) in signature.inputs.enumerated() {
            var shape = input.shape.map { $0 < 0 ? Self.freeExtent : $0 }
            let width = shape.dropFirst().reduce(1) { min($0 * Int($1), Self.greatestElements) }
            shape[0] = Int64(rows.count)
            let values = OwnedInput(rows: rows, width: width)
            memory.append(values)
            try unsafe runner.bindInput(
                index, variant: 0, shape: shape.span, data: values.bytes.baseAddress, byteCount: values.bytes.count)
        }
        try runner.run()
        var result: [[Float]] = []
        for index in signature.outputs.indices {
            let view = try unsafe runner.output(index)
            result.append(unsafe Array(view.bytes.bindMemory(to: Float.self)))
        }
        // The memory is bound until here.
        withExtendedLifetime(memory) {}
        return result
    }
}

/// Numbers between -1 and 1 that differ from place to place and row to row.
private final class OwnedInput {
    let bytes: OwnedBytes

    init(rows: Range<Int>, width: Int) {
        var bytes = OwnedBytes()
        bytes.resize(to: rows.count * width * MemoryLayout<Float>.size)
        var content = bytes.mutableSpan
        for (place, row) in rows.enumerated() {
            for column in 0..<width {
                let value = Float((row * 7919 + column * 104_729) % 2003) / 1001 - 1
                content.storeBytes(
                    of: value, toByteOffset: (place * width + column) * MemoryLayout<Float>.size, as: Float.self)
            }
        }
        self.bytes = bytes
    }
}
