import Glibc
import InferdBase
import Synchronization

extension IOLoop {
    /// Moves a connection on to its next phase when nothing holds it in the present one.
    mutating func advancePhase(_ slot: Int) {
        if connections[slot].phase == .open, connections[slot].hasReachedEnd, !connections[slot].isPaused {
            endInput(slot)
            flush(slot)
        }
        if connections[slot].phase == .finishing {
            finish(slot)
        }
        if connections[slot].phase == .closing {
            close(slot)
        }
    }

    /// The peer sends no more; what it asked for is still answered.
    private mutating func endInput(_ slot: Int) {
        if connections[slot].input.isEmpty {
            connections[slot].phase = .finishing
        } else {
            goAway(slot, RequestError(.invalidArgument, "the connection ended in the middle of a frame"))
        }
    }

    private mutating func finish(_ slot: Int) {
        if connections[slot].inFlight.count > 0 {
            // Asked for before looking again: what is given back later is told.
            core.outbound.requestNotice(slot)
            collectReturned()
        }
        // A reply on its way out keeps its request in flight.
        if connections[slot].inFlight.count > 0 || connections[slot].unsentOutput > 0 { return }
        if connections[slot].hasReachedEnd {
            connections[slot].phase = .closing
        } else {
            shutdown(connections[slot].descriptor, Int32(SHUT_WR))
            connections[slot].phase = .lingering
            connections[slot].lingersUntil = now.advanced(byMilliseconds: Self.lingerMilliseconds)
        }
    }

    /// Ends the connection, or makes sure to be marked when the output token is let go.
    private mutating func close(_ slot: Int) {
        if !connections[slot].holdsToken {
            guard acquireOrAsk(slot) else { return }
        }
        for place in (0..<connections[slot].inFlight.count).reversed() {
            let index = connections[slot].inFlight.record(at: place)
            if core.pool.claim(index) {
                counters.add(.framesAbandoned)
                leave(index)
            }
        }
        poller.remove(connections[slot].descriptor)
        connections[slot].generation &+= 1
        core.outbound.detach(slot, nextGeneration: connections[slot].generation)
        closeDescriptor(connections[slot].descriptor)
        connections[slot].reset()
        freeSlots.append(UInt32(slot))
        core.openConnections.subtract(1, ordering: .relaxed)
        resumeAccepting()
    }

    /// Enforces the time limits of connections.
    mutating func sweep() {
        resumeAccepting()
        needsSweep = false
        for slot in 0..<connections.count where connections[slot].phase != .free {
            if connections[slot].waitsForFrame {
                let begunAt = max(connections[slot].frameStartedAt, connections[slot].resumedAt)
                if now >= begunAt.advanced(byMilliseconds: Limits.frameReadMilliseconds) {
                    goAway(
                        slot,
                        RequestError(
                            .deadlineExceeded,
                            "a frame was not whole \(Limits.frameReadMilliseconds) ms after its first byte"))
                } else {
                    wantSweep()
                }
            }
            if connections[slot].holdsToken {
                if now >= connections[slot].lastProgressAt.advanced(byMilliseconds: Limits.outputStallMilliseconds) {
                    connections[slot].phase = .closing
                } else {
                    wantSweep()
                }
            }
            if connections[slot].phase == .lingering {
                if now >= connections[slot].lingersUntil {
                    connections[slot].phase = .closing
                } else {
                    wantSweep()
                }
            }
            if connections[slot].phase == .finishing || connections[slot].phase == .closing {
                service(slot)
            }
        }
    }

    // The daemon's end.

    /// Stops listening and tells every peer to go elsewhere; what is in flight is finished.
    mutating func beginDrain() {
        core.isDraining.store(true, ordering: .relaxed)
        drain = .draining(
            until: now.advanced(byMilliseconds: UInt64(core.configuration.drainGraceMilliseconds)))
        for listener in listeners {
            poller.remove(listener.descriptor)
            listener.close()
        }
        isAcceptPaused = false
        for slot in 0..<connections.count where connections[slot].phase == .open {
            goAway(slot, RequestError(.unavailable, "the daemon is shutting down"))
            service(slot)
        }
    }

    mutating func continueDrain() {
        collectReturned()
        if freeSlots.count == connections.count {
            drain = .done
            return
        }
        switch drain {
        case .draining(let until) where now >= until || core.graceIsOver.load(ordering: .sequentiallyConsistent):
            answerInFlight(RequestError(.unavailable, "the daemon is shutting down"))
            drain = .forcing(until: now.advanced(byMilliseconds: Self.lingerMilliseconds))
        case .forcing(let until) where now >= until:
            for slot in 0..<connections.count where connections[slot].phase != .free {
                connections[slot].phase = .closing
                service(slot)
            }
            // A worker may hold a token for the moment of a system call.
            drain = .forcing(until: now.advanced(byMilliseconds: 1))
        default:
            break
        }
    }

    private mutating func answerInFlight(_ error: RequestError) {
        for slot in 0..<connections.count where connections[slot].phase != .free {
            for place in (0..<connections[slot].inFlight.count).reversed() {
                let index = connections[slot].inFlight.record(at: place)
                if core.pool.claim(index) {
                    refuse(slot, id: connections[slot].inFlight.id(at: place), error)
                    leave(index)
                }
            }
            service(slot)
        }
    }
}
