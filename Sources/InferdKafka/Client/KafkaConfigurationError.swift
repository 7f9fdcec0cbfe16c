package import InferdBase

/// Why a producer cannot be made as it is configured. Names properties, never their values: these may be
/// secrets.
package enum KafkaConfigurationError: Error, Equatable, Sendable {
    /// librdkafka has no property of this name.
    case unknownProperty(String)
    case invalidValue(property: String)
    /// Given twice: plainly and by file.
    case givenTwice(property: String)
    case unreadableFile(property: String, FileError)
    /// The file holds a NUL or is not text.
    case notText(property: String)
    /// Properties that do not go together, or a system that gives no more resources; in librdkafka's words,
    /// values taken out.
    case refused(String)

    /// One sentence.
    package var message: String {
        switch self {
        case .unknownProperty(let name): "events.kafka.properties: there is no property \(name)"
        case .invalidValue(let name): "events.kafka.properties: the value of \(name) is not one it may have"
        case .givenTwice(let name): "events.kafka.properties: \(name) is given, and \(name)_file too"
        case .unreadableFile(let name, let error): "events.kafka.properties: \(name): \(error.message)"
        case .notText(let name): "events.kafka.properties: \(name): expected a file of one line of text"
        case .refused(let reason): "events.kafka: \(reason)"
        }
    }
}
