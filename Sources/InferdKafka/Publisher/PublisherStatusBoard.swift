internal import InferdBase

/// Where the publisher's thread shows how it is, for others to read.
package final class PublisherStatusBoard: Sendable {
    private let status = Locked<PublisherStatus?>(nil)

    package init() {}

    /// Nil until the publisher's first turn.
    package var current: PublisherStatus? { status.withLock { $0 } }

    func show(_ new: PublisherStatus) {
        status.withLock { $0 = new }
    }
}
