import Foundation
import InferdTestSupport
import Testing

/// The benchmarks, run for a moment so that they cannot rot. What they measure means nothing here.
struct BenchmarkTests {
    private struct Row: Decodable {
        var name: String
        var value: Double
        var unit: String
        var baseline: Double?
        var aim: Double
        var met: Bool
        var conditions: String
    }

    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func run(_ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
        let process = Process()
        process.currentDirectoryURL = DaemonProcess.sourceRoot
        process.executableURL = DaemonProcess.productDirectory.appendingPathComponent("inferd-bench")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["INFERD_ONNXRUNTIME": OnnxRuntimeLocation.path]
        ) { _, new in new }
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // Both fit a pipe's buffer.
        let table = output.fileHandleForReading.readDataToEndOfFile()
        let notes = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: table, as: UTF8.self), String(decoding: notes, as: UTF8.self)
        )
    }

    @Test(.timeLimit(.minutes(2))) func everyMeasurementIsTakenUnderItsStableName() throws {
        let file = directory.appending("bench.json")
        let (status, table, errors) = try run(["--smoke", "--output", file])
        try #require(status == 0, "\(errors)")
        let rows = try JSONDecoder().decode([Row].self, from: Data(contentsOf: URL(fileURLWithPath: file)))
        #expect(
            rows.map(\.name) == [
                "ping_unix_1", "ping_unix_50", "ping_tcp_1", "ping_tcp_50", "infer_added_p50", "inline_p50",
                "cache_hit_unix_50",
                "infer_demo_added_cpu", "predict_cpu", "infer_mlp_added_cpu", "open_50_p50", "open_50_p99",
                "open_70_p50", "open_70_p99", "overload_goodput", "overload_p99", "overload_untyped", "refusal_cpu",
                "mix_short_p50", "burst_computations", "ring_commit_rate", "event_cpu_share", "spool_bytes_drift",
                "drain_rate", "events_p99", "broker_down_p99", "peak_rss", "start_to_ready",
            ])
        #expect(
            rows.map(\.aim) == [
                0.7, 0.7, 0.7, 0.7, 25, 1, 0.6, 15, 1.15, 10, 1.3, 1.3, 1.3, 1.3, 0.9, 1.5, 0, 20, 2.5, 1, 2, 1, 1,
                100_000, 1.1, 1.1, 120, 0.5,
            ])
        for row in rows {
            #expect(!row.unit.isEmpty, "\(row.name)")
            #expect(row.value.isFinite, "\(row.name)")
            let isHigherBetter = ["ping_", "cache_hit_", "overload_goodput", "ring_commit", "drain_"].contains {
                row.name.hasPrefix($0)
            }
            #expect(row.met == (isHigherBetter ? row.value >= row.aim : row.value <= row.aim), "\(row.name)")
            let isAbsolute = [
                "overload_untyped", "refusal_cpu", "burst_computations", "ring_commit_rate", "drain_rate", "peak_rss",
                "start_to_ready",
            ].contains(row.name)
            #expect((row.baseline == nil) == isAbsolute, "\(row.name)")
            #expect(row.conditions.contains("smoke run, not a measurement"), "\(row.name)")
            #expect(table.contains("\n\(row.name) "), "\(row.name)")
        }
    }

    @Test func aMissingDemoBundleIsToldBeforeAnythingIsMeasured() throws {
        let (status, table, errors) = try run(["--smoke", "--models", directory.appending("none")])
        #expect(status != 0)
        #expect(table.isEmpty)
        #expect(errors.contains("none/jfk-temperature/1/model.onnx cannot be read"))
        #expect(!errors.contains("ping, unix"))
    }
}
