/// A file of the ring directory that cannot be read. It is left as it is.
package struct RefusedRing: Sendable, Equatable {
    package let name: String
    package let reason: RingError
}
