/// Why the store did not do what it was asked.
package enum EventStoreError: Error, Equatable, Sendable {
    /// The record is longer than any that the store can hold, now or later.
    case recordTooLarge(String)
    /// A full disk, a bound that is reached, a failed write: what was asked may be asked again.
    case failed(String)

    /// One sentence.
    package var message: String {
        switch self {
        case .recordTooLarge(let text), .failed(let text): text
        }
    }
}
