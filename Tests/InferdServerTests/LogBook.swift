import InferdBase
import Logging

/// What a server has logged: the message of each line with its metadata.
final class LogBook: Sendable {
    struct Handler: LogHandler {
        let book: LogBook
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            book.kept.withLock { $0.append(([event.message.description] + metadata).joined(separator: " ")) }
        }
    }

    private let kept = Locked<[String]>([])

    var lines: [String] { kept.withLock { $0 } }
}
