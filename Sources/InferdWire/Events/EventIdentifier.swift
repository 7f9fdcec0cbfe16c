/// Tells an event from every other.
package struct EventIdentifier: Hashable, Sendable {
    /// The boot id's halves. Its 16 bytes are written as its hexadecimal digits are: highest first.
    package var bootIDHigh: UInt64
    package var bootIDLow: UInt64
    /// The producing thread, counted from 0.
    package var producer: UInt32
    /// Rises by one from event to event of a producer, from 1.
    package var sequence: UInt64

    package init(bootIDHigh: UInt64, bootIDLow: UInt64, producer: UInt32, sequence: UInt64) {
        self.bootIDHigh = bootIDHigh
        self.bootIDLow = bootIDLow
        self.producer = producer
        self.sequence = sequence
    }

    /// Boot id, producer and sequence, as the header `event_id` of a published event has them: 32 hexadecimal
    /// digits and two decimal numbers, with hyphens between.
    package var text: String {
        "\(Self.hexadecimal(bootIDHigh))\(Self.hexadecimal(bootIDLow))-\(producer)-\(sequence)"
    }

    private static func hexadecimal(_ half: UInt64) -> String {
        let digits = String(half, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
