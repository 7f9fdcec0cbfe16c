import Foundation
import InferdTestSupport

/// The daemon, run to its end.
struct DaemonRun {
    let status: Int32
    let output: String
    let errors: String

    /// Runs it with these flags and no other settings than `environment`.
    init(_ flags: [String], environment: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = DaemonProcess.productDirectory.appendingPathComponent("inferd")
        process.arguments = flags
        var variables = ["INFERD_ONNXRUNTIME": OnnxRuntimeLocation.path, "INFERD_EVENTS": "off"]
        for name in ["PATH", "LD_LIBRARY_PATH"] { variables[name] = ProcessInfo.processInfo.environment[name] }
        process.environment = variables.merging(environment) { _, given in given }
        let (outputPipe, errorPipe) = (Pipe(), Pipe())
        process.standardOutput = outputPipe
        process.standardError = errorPipe
        try process.run()
        // Both fit a pipe's buffer.
        let written = outputPipe.fileHandleForReading.readDataToEndOfFile()
        let told = errorPipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        status = process.terminationStatus
        output = String(decoding: written, as: UTF8.self)
        errors = String(decoding: told, as: UTF8.self)
    }
}
