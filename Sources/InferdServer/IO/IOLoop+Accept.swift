import CLinux
import Glibc
import InferdBase
import Synchronization

extension IOLoop {
    /// Connections taken from one listener in one turn.
    private static let acceptsPerTurn = 64

    mutating func acceptConnections(_ listener: Listener) {
        for _ in 0..<Self.acceptsPerTurn {
            let descriptor = inferd_accept(listener.descriptor)
            if descriptor < 0 {
                switch -descriptor {
                case EMFILE, ENFILE, ENOMEM, ENOBUFS:
                    pauseAccepting()
                    return
                case EAGAIN:
                    return
                default:
                    // The connection failed before it was accepted; the next may be sound.
                    continue
                }
            }
            if listener.isTCP {
                _ = inferd_set_no_delay(descriptor)
                _ = inferd_set_keep_alive(
                    descriptor, Limits.keepAliveIdleSeconds, Limits.keepAliveIntervalSeconds, Limits.keepAliveProbes)
            }
            open(descriptor)
        }
    }

    private mutating func open(_ descriptor: Int32) {
        let isFull = freeSlots.count <= ServerCore.overflowSlots
        guard let slotNumber = freeSlots.popLast() else {
            counters.add(.connectionsRefused)
            closeDescriptor(descriptor)
            return
        }
        let slot = Int(slotNumber)
        let handle = ConnectionHandle(slot: slotNumber, generation: connections[slot].generation)
        guard poller.add(descriptor, .connection(handle)) else {
            freeSlots.append(slotNumber)
            counters.add(.connectionsRefused)
            closeDescriptor(descriptor)
            return
        }
        connections[slot].open(descriptor: descriptor, now: now)
        connections[slot].interest = .reading
        core.outbound.attach(slot, descriptor: descriptor, generation: handle.generation)
        core.openConnections.add(1, ordering: .relaxed)
        if isFull {
            counters.add(.connectionsRefused)
            goAway(
                slot,
                RequestError(
                    .resourceExhausted, "the daemon has \(Limits.connections) connections already",
                    retryAfterMilliseconds: 1_000))
            service(slot)
        } else {
            counters.add(.connectionsAccepted)
        }
    }

    /// Without free descriptors a ready listener would be reported again and again: it is looked at
    /// anew at the next sweep.
    private mutating func pauseAccepting() {
        if isAcceptPaused { return }
        isAcceptPaused = true
        setListenerInterest([])
        nextSweepAt = now.advanced(byMilliseconds: Self.sweepMilliseconds)
    }

    mutating func resumeAccepting() {
        if !isAcceptPaused { return }
        isAcceptPaused = false
        setListenerInterest(.reading)
    }

    private func setListenerInterest(_ interest: Poller.Interest) {
        for (index, listener) in listeners.enumerated() {
            poller.change(listener.descriptor, interest, .listener(index))
        }
    }
}
