internal import InferdBase

/// Where events come from: the rings, or a test's list. Records that were committed and not delivered.
package protocol EventSource: ~Copyable {
    /// Names a record as long as it is not delivered.
    associatedtype Record: Sendable

    /// The oldest record that was not taken; nil: there is none for now.
    mutating func next() -> Record?

    @_lifetime(borrow self)
    func payload(of record: Record) -> RawSpan

    /// What the payload is.
    func kind(of record: Record) -> UInt8

    /// Takes the record that `next` has shown.
    mutating func advance(past record: Record)

    /// The record need not be shown again. In any order.
    mutating func markDelivered(_ record: Record)

    /// Has `next` show all records again that were taken and not delivered.
    mutating func rewind()

    /// Gives the room of delivered records back to whoever commits.
    mutating func release()

    /// Records committed and not delivered.
    var pendingRecords: Int { get }

    /// So little room is left that whoever commits may soon find none.
    var isPressed: Bool { get }
}
