/// Whose events a ring holds: with an event's sequence this is what tells it from every other.
package struct RingIdentity: Hashable, Sendable {
    package let bootID: BootID
    /// The producing thread, counted from 0.
    package let producer: UInt32

    package init(bootID: BootID, producer: UInt32) {
        self.bootID = bootID
        self.producer = producer
    }

    /// What the names of rings end in. A ring that is being made has another name until it is whole.
    static let suffix = ".ring"
    static let unfinishedSuffix = ".ring.new"

    var fileName: String { "\(bootID.hexadecimal)-\(producer)\(Self.suffix)" }
    var unfinishedFileName: String { "\(bootID.hexadecimal)-\(producer)\(Self.unfinishedSuffix)" }
}
