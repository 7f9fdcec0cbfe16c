import Foundation

/// A message as kcat has read it from a topic.
package struct ConsumedMessage: Hashable {
    package let key: String
    package let headers: [String: String]
    package let bytes: [UInt8]

    package init(key: String, headers: [String: String], bytes: [UInt8]) {
        self.key = key
        self.headers = headers
        self.bytes = bytes
    }

    package init(key: String, headers: [String: String], payload: String) {
        self.init(key: key, headers: headers, bytes: Array(payload.utf8))
    }

    /// The payload where it is text.
    package var payload: String { String(decoding: bytes, as: UTF8.self) }

    /// All messages of the topic, partition by partition.
    package static func all(
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
                    bytes: Array(payload)))
            rest = rest[payload.endIndex...]
        }
        return messages
    }
}
