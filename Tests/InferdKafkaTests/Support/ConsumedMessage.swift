import Foundation

/// A message as kcat has read it from a topic. Of a payload that is no text, only some can be told.
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
            "kcat", "-C", "-b", brokers, "-t", topic, "-e", "-q", "-o", "beginning", "-f", "%k\t%h\t%S\n%s",
        ]
        if let environment { process.environment = environment }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var rest = (try output.fileHandleForReading.readToEnd() ?? Data())[...]
        process.waitUntilExit()
        var messages: [ConsumedMessage] = []
        while let end = rest.firstIndex(of: 0x0A) {
            let parts = String(decoding: rest[..<end], as: UTF8.self)
                .split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            let payload = rest[(end + 1)...].prefix(Int(parts[2]) ?? 0)
            let headers = parts[1].split(separator: ",").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
            messages.append(
                ConsumedMessage(
                    key: parts[0],
                    headers: Dictionary(headers.map { ($0[0], $0.count > 1 ? $0[1] : "") }) { first, _ in first },
                    payload: String(decoding: payload, as: UTF8.self)))
            rest = rest[payload.endIndex...]
        }
        return messages
    }
}
