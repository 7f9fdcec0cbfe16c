internal import InferdBase

/// librdkafka's properties as they are set, with what must not be shown.
struct KafkaProperties: Sendable {
    /// In the order of their names.
    let values: [(name: String, value: String)]
    /// Values that came out of files, or of properties that hold secrets.
    private let secrets: [String]

    /// No secret is longer; keys and certificates in one file may come close.
    private static let maximumFileBytes = 64 << 10
    private static let fileSuffix = "_file"
    /// Properties whose values are secrets wherever they come from.
    private static let secretNames: Set<String> = [
        "sasl.password", "ssl.key.password", "ssl.key.pem", "ssl.keystore.password", "sasl.oauthbearer.config",
        "sasl.oauthbearer.client.secret",
    ]

    /// Lays what is configured over the defaults, and reads secrets from their files.
    init(_ configuration: KafkaConfiguration) throws(KafkaConfigurationError) {
        var merged = KafkaConfiguration.defaults
        merged["bootstrap.servers"] = configuration.brokers
        var secrets: [String] = []
        for (name, value) in configuration.properties {
            guard name.hasSuffix(Self.fileSuffix) else {
                merged[name] = value
                if Self.secretNames.contains(name), !value.isEmpty { secrets.append(value) }
                continue
            }
            let property = String(name.dropLast(Self.fileSuffix.count))
            guard configuration.properties[property] == nil else { throw .givenTwice(property: property) }
            let content = try Self.content(ofFile: value, for: name)
            merged[property] = content
            if !content.isEmpty { secrets.append(content) }
        }
        // `compression.type` and the like name the same property twice; the configured one is set last.
        values = merged.sorted { left, right in
            let isGiven = (configuration.properties[left.key] != nil, configuration.properties[right.key] != nil)
            return isGiven.0 == isGiven.1 ? left.key < right.key : !isGiven.0
        }.map { (name: $0.key, value: $0.value) }
        self.secrets = secrets
    }

    /// A text of librdkafka's without any secret.
    func redacted(_ text: String) -> String {
        secrets.reduce(text) { $0.replacing($1, with: "***") }
    }

    /// The file's text without the line's end that editors put there.
    private static func content(ofFile path: String, for name: String) throws(KafkaConfigurationError) -> String {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let file = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let bytes: OwnedBytes
        do {
            bytes = try DirectoryHandle(path: directory).read(file, maximumBytes: maximumFileBytes, links: .beneath)
        } catch {
            throw .unreadableFile(property: name, error)
        }
        // Sound: the bytes are copied before the call returns.
        guard let text = unsafe bytes.span.withUnsafeBytes({ unsafe String(validating: $0, as: UTF8.self) }),
            !text.utf8.contains(0)
        else { throw .notText(property: name) }
        return text.hasSuffix("\r\n") || text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}
