/// A number as `rd_kafka_resp_err_t` counts: the Kafka protocol's error codes, and negative ones of
/// librdkafka's own. Those that the publisher treats apart have names here.
package struct KafkaErrorCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    package static let none = KafkaErrorCode(rawValue: 0)

    // librdkafka's own.

    /// The broker closed the connection, or nobody listens.
    package static let transport = KafkaErrorCode(rawValue: -195)
    package static let messageTimedOut = KafkaErrorCode(rawValue: -192)
    package static let unknownPartition = KafkaErrorCode(rawValue: -190)
    package static let unknownTopic = KafkaErrorCode(rawValue: -188)
    package static let allBrokersDown = KafkaErrorCode(rawValue: -187)
    package static let invalidArgument = KafkaErrorCode(rawValue: -186)
    /// The producer's own queue has no room.
    package static let queueFull = KafkaErrorCode(rawValue: -184)
    /// TLS failed.
    package static let security = KafkaErrorCode(rawValue: -181)
    package static let authentication = KafkaErrorCode(rawValue: -169)
    package static let purgedFromQueue = KafkaErrorCode(rawValue: -152)
    package static let purgedInFlight = KafkaErrorCode(rawValue: -151)
    package static let fatal = KafkaErrorCode(rawValue: -150)
    package static let producerFenced = KafkaErrorCode(rawValue: -144)

    // The protocol's.

    package static let unknownTopicOrPartition = KafkaErrorCode(rawValue: 3)
    package static let invalidMessageSize = KafkaErrorCode(rawValue: 4)
    package static let notLeader = KafkaErrorCode(rawValue: 6)
    package static let requestTimedOut = KafkaErrorCode(rawValue: 7)
    package static let messageTooLarge = KafkaErrorCode(rawValue: 10)
    package static let invalidTopic = KafkaErrorCode(rawValue: 17)
    package static let recordListTooLarge = KafkaErrorCode(rawValue: 18)
    package static let notEnoughReplicas = KafkaErrorCode(rawValue: 19)
    package static let topicAuthorizationFailed = KafkaErrorCode(rawValue: 29)
    package static let clusterAuthorizationFailed = KafkaErrorCode(rawValue: 31)
    package static let invalidTimestamp = KafkaErrorCode(rawValue: 32)
    package static let unsupportedMechanism = KafkaErrorCode(rawValue: 33)
    package static let illegalAuthenticationState = KafkaErrorCode(rawValue: 34)
    package static let policyViolation = KafkaErrorCode(rawValue: 44)
    package static let outOfOrderSequence = KafkaErrorCode(rawValue: 45)
    package static let invalidProducerEpoch = KafkaErrorCode(rawValue: 47)
    package static let authenticationFailed = KafkaErrorCode(rawValue: 58)
    package static let invalidRecord = KafkaErrorCode(rawValue: 87)

    /// Why events cannot go out, seen from whoever has to do something about it.
    package var cause: FailureCause {
        switch self {
        case .messageTooLarge, .recordListTooLarge, .invalidMessageSize: .messageTooLarge
        case .invalidTimestamp, .invalidRecord: .messageRefused
        case .unknownTopic, .unknownTopicOrPartition, .unknownPartition, .invalidTopic: .topicMissing
        case .authentication, .authenticationFailed, .unsupportedMechanism, .illegalAuthenticationState, .security:
            .authenticationRefused
        case .topicAuthorizationFailed, .clusterAuthorizationFailed: .notAuthorized
        case .purgedFromQueue, .purgedInFlight: .purged
        case .fatal, .producerFenced, .invalidProducerEpoch, .outOfOrderSequence: .fatal
        default: .unavailable
        }
    }
}
