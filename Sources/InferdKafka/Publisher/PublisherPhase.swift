/// What the publisher is about.
package enum PublisherPhase: String, Sendable {
    /// No broker is configured: the store is where events stay.
    case recording
    /// Events go from the source to the broker; nothing older waits.
    case online
    /// The broker does not accept: what is out is taken back before anything else happens.
    case settling
    /// Events go from the source to the store, until the next attempt.
    case spooling
    /// Events go from the store to the broker. Newer ones wait in the source, or behind in the store.
    case draining
    /// There is no producer.
    case rebuilding
}
