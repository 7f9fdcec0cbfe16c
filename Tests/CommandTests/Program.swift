import Foundation

/// The built program, run as its users run it.
struct Program {
    var status: Int32
    var output: String
    var errors: String

    /// Where a program of this build lies.
    static func url(of name: String) -> URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent(name)
    }

    /// Runs it to its end. The environment holds `environment` only, beside what a program needs to run.
    /// `redirection`: of a shell, which runs the program with it.
    static func run(
        _ arguments: [String], of name: String = "inferd-cli", input: String = "",
        environment: [String: String] = [:], redirection: String? = nil
    ) throws -> Program {
        let process = Process()
        let program = url(of: name)
        process.executableURL = redirection == nil ? program : URL(fileURLWithPath: "/bin/sh")
        process.arguments =
            redirection.map { ["-c", "\"$0\" \"$@\" \($0)", program.path] + arguments } ?? arguments
        var variables = ["LC_ALL": "C"]
        for (name, value) in environment { variables[name] = value }
        for name in ["PATH", "LD_LIBRARY_PATH"] { variables[name] = ProcessInfo.processInfo.environment[name] }
        process.environment = variables
        let (inputPipe, outputPipe, errorPipe) = (Pipe(), Pipe(), Pipe())
        process.standardInput = inputPipe
        process.standardOutput = outputPipe
        process.standardError = errorPipe
        try process.run()
        // Both fit a pipe's buffer, so that nothing here waits for the other side.
        inputPipe.fileHandleForWriting.write(Data(input.utf8))
        try inputPipe.fileHandleForWriting.close()
        let output = outputPipe.fileHandleForReading.readDataToEndOfFile()
        let errors = errorPipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Program(
            status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
            errors: String(decoding: errors, as: UTF8.self))
    }
}
