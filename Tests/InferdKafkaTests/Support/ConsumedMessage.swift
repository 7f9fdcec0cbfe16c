import Foundation

/// A message as kcat has read it from a topic.
struct ConsumedMessage: Hashable {
    let key: String
    let headers: [String: String]
    let payload: String

    /// All messages of the topic, partition by partition.
    static func all(
        of topic: String, at brokers: String, environment: [String: String]? = nil
    ) throws -> [ConsumedMessage] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "kcat", "-C", "-b", brokers, "-t", topic, "-e", "-q", "-o", "beginning", "-f", "%k\t%h\t%s\n",
        ]
        if let environment { process.environment = environment }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").map { line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            let headers = parts[1].split(separator: ",").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
            return ConsumedMessage(
                key: parts[0],
                headers: Dictionary(headers.map { ($0[0], $0.count > 1 ? $0[1] : "") }) { first, _ in first },
                payload: parts[2])
        }
    }
}
