/// Whether events reach where they are to go, and if not, what somebody has to do about it.
package struct PublisherHealth: Equatable, Sendable {
    package struct Trouble: Equatable, Sendable {
        package let cause: FailureCause
        package let message: String

        package init(cause: FailureCause, message: String) {
            self.cause = cause
            self.message = message
        }
    }

    /// Why the broker does not accept; nil since it has last accepted something.
    package var broker: Trouble?
    /// Why no producer can be made.
    package var configuration: String?
    /// Why the store did not take, give or confirm something; nil since it last did.
    package var store: String?

    package init() {}

    package var isGood: Bool { self == PublisherHealth() }
}
