import Foundation

/// `inferd-kafka-mock` in a process of its own, which ends when the value goes.
package final class MockBroker: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// The protocol's requests that can be made to fail.
    package enum Request: String {
        case produce
        case metadata
        case initialize = "init"
    }

    /// `host:port` to reach it at.
    package let address: String
    private let process: Process
    private let input: FileHandle
    private let output: LineReader

    package init() throws {
        process = Process()
        process.executableURL = DaemonProcess.productDirectory.appendingPathComponent("inferd-kafka-mock")
        let (commands, answers) = (Pipe(), Pipe())
        process.standardInput = commands
        process.standardOutput = answers
        try process.run()
        input = commands.fileHandleForWriting
        output = LineReader(answers.fileHandleForReading)
        let line = try output.next()
        guard line.hasPrefix("ready ") else { throw Failure(description: "the mock said: \(line)") }
        address = String(line.dropFirst("ready ".count))
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
    }

    /// Closes all connections and takes none.
    package func goDown() throws { try tell("down") }
    package func comeUp() throws { try tell("up") }
    package func setRoundTripTime(milliseconds: Int) throws { try tell("rtt \(milliseconds)") }

    /// What is asked of the topic fails with this error; 0: no more.
    package func setError(_ code: Int, ofTopic name: String) throws { try tell("topic-error \(name) \(code)") }

    package func makeTopic(_ name: String, partitions: Int = 1) throws { try tell("topic \(name) \(partitions)") }

    /// The next `count` requests of the kind fail with this error.
    package func fail(_ request: Request, with code: Int, count: Int = 1) throws {
        try tell("error \(request.rawValue) \(code) \(count)")
    }

    package func clearFailures(of request: Request) throws { try tell("clear \(request.rawValue)") }

    private func tell(_ command: String) throws {
        try input.write(contentsOf: Data("\(command)\n".utf8))
        let answer = try output.next()
        guard answer == "ok" else { throw Failure(description: "to '\(command)' the mock said: \(answer)") }
    }
}
