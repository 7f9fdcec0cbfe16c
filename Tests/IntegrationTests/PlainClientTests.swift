import Foundation
import InferdTestSupport
import Testing

/// A client without any code of ours: Python, Google's protobuf and the `.proto` files.
struct PlainClientTests {
    private static let daemon = Result { try DaemonProcess(models: GoldenCases.models) }

    private struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Runs `plain_client.py` with the environment's Python, which sees neither our package nor the
    /// script's folder.
    private static func run(model: String, channel: String, series: String) throws -> Outcome {
        let process = Process()
        process.executableURL = DaemonProcess.sourceRoot.appendingPathComponent(".setup/venv/bin/python")
        let script = DaemonProcess.sourceRoot.appendingPathComponent("Tests/IntegrationTests/plain_client.py")
        process.arguments = ["-I", script.path, try daemon.get().socketPath, model, channel]
        // Files rather than pipes: no side can block the other.
        let directory = try TemporaryDirectory()
        let input = directory.appending("series.csv")
        try series.write(toFile: input, atomically: false, encoding: .utf8)
        process.standardInput = FileHandle(forReadingAtPath: input)
        let paths = ["output", "errors"].map(directory.appending)
        for path in paths {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        process.standardOutput = FileHandle(forWritingAtPath: paths[0])
        process.standardError = FileHandle(forWritingAtPath: paths[1])
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try String(contentsOfFile: paths[0], encoding: .utf8),
            errors: try String(contentsOfFile: paths[1], encoding: .utf8))
    }

    @Test func aFewLinesOfPythonGetTheForecastOfTheReference() throws {
        let golden = try GoldenCases.read("auto")
        let item = try #require(golden.cases.first { $0.name == "default-horizon" })
        let expected = try #require(item.expect)
        let channel = item.request.channels[0]
        let rows = zip(try #require(item.request.timestamps_us), channel.values).map { "\($0),\($1)\n" }
        let outcome = try Self.run(model: golden.model, channel: channel.name, series: rows.joined())
        #expect(outcome.status == 0, "\(outcome.errors)")
        let fields = outcome.output.split(separator: "\n").map { $0.split(separator: ",") }
        try #require(fields.allSatisfy { $0.count == 2 }, "\(outcome.output)")
        #expect(fields.map { Int64($0[0]) } == expected.timestamps_us)
        let scale = item.target_scale ?? 1
        #expect(fields.count == expected.values.count)
        for (field, value) in zip(fields, expected.values) {
            let found = try #require(Double(field[1]))
            #expect(abs(found - value) <= 1e-4 * max(abs(value), scale))
        }
    }

    @Test func aRefusalReachesThePlainClient() throws {
        let outcome = try Self.run(model: "auto", channel: "load", series: "0,1\n3600000000,nan\n")
        #expect(outcome.status == 1)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("predict.history.channels[0].values[1]"), "\(outcome.errors)")
        #expect(!outcome.errors.contains("Traceback"), "\(outcome.errors)")
    }
}
