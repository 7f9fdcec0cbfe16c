import InferdJournal

/// The rings of a daemon that starts, and those of its earlier lives.
struct EventRings: ~Copyable {
    let directory: RingDirectory
    let recovered: RecoveredRings
    /// By thread.
    let made: [RingFile]
    /// Of the publisher's own events; nil: it makes none.
    let scores: RingFile?
}
