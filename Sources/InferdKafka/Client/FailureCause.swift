/// What a failed delivery asks of the publisher.
package enum FailureCause: String, Hashable, Sendable {
    /// The brokers may take it later: unreachable, slow, without a leader or without replicas. So is every
    /// error that nobody here knows: what is kept is not lost.
    case unavailable
    /// Somebody has to make the topic.
    case topicMissing
    /// Somebody has to mend the credentials or the certificates.
    case authenticationRefused
    /// Somebody has to grant a right.
    case notAuthorized
    /// This message alone is refused for ever, because of its size.
    case messageTooLarge
    /// This message alone is refused for ever.
    case messageRefused
    /// We took it back.
    case purged
    /// The producer is to be made anew.
    case fatal

    /// The message is at fault, and no other message suffers from it.
    package var concernsMessageOnly: Bool {
        self == .messageTooLarge || self == .messageRefused
    }
}
