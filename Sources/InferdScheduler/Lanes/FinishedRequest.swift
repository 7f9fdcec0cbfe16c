package import InferdBase
package import InferdWire

/// A request that has left its lane: what its reply is written from, until it is released.
package struct FinishedRequest: Equatable, Sendable {
    package let ticket: UInt32
    package let kind: BodyKind
    /// nil: there is an answer.
    package let failure: RequestError?
    /// Place in its lane.
    let place: Int
}
