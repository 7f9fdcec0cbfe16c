/// How far a record has come. The values are far apart, so that no flipped bit makes one of another.
enum RingRecordState: UInt32 {
    /// Room for an event that is not written yet. The consumer waits for it.
    case reserved = 0x5245_5331
    /// Whole, and to be delivered. From here on the record is the consumer's.
    case committed = 0x434F_4D32
    /// Confirmed: is not delivered again after a restart.
    case delivered = 0x444C_5634
    /// Holds nothing: an abandoned reservation, or the rest of the ring before its end.
    case padding = 0x5041_4438
}
