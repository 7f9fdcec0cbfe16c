/// What other lives of the daemon have left in the ring directory.
package struct RecoveredRings: Sendable {
    /// Rings with records to be delivered. Each is removed by `RingDirectory.remove` when that is done.
    package var rings: [RingFile] = []
    /// Sums over all rings that were read, those included which held nothing to deliver and are gone.
    package var total = RingRecovery()
    package var refused: [RefusedRing] = []
}
