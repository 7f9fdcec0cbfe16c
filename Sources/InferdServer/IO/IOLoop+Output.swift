import CLinux
import Glibc
import InferdBase
import InferdWire

extension IOLoop {
    // Replies of the I/O thread's own. They are written by `flush`, many at once.

    /// Answers a frame with an error.
    mutating func refuse(_ slot: Int, id: UInt64, _ error: RequestError) {
        connections[slot].output.writeRefusal(id: id, error)
        counters.countReply(error.code)
    }

    /// Tells the peer that nothing more is read from this connection, which ends when what is in flight
    /// is answered.
    mutating func goAway(_ slot: Int, _ error: RequestError) {
        guard connections[slot].phase == .open else { return }
        connections[slot].output.beginFrame(id: 0)
        connections[slot].output.writeStatus(error)
        connections[slot].output.writeGoAway(lastRequest: connections[slot].framesRead)
        connections[slot].output.endFrame()
        connections[slot].phase = .finishing
    }

    /// Writes what waits, as far as the socket takes it.
    mutating func flush(_ slot: Int) {
        if core.outbound.takeHandOver(slot) {
            connections[slot].holdsToken = true
            connections[slot].lastProgressAt = now
        }
        if connections[slot].phase == .closing { return }
        if !connections[slot].holdsToken {
            if connections[slot].unsentOutput == 0 { return }
            if !acquireOrAsk(slot) { return }
            connections[slot].holdsToken = true
            connections[slot].lastProgressAt = now
        }
        let sentBefore = counters[.bytesSent]
        while true {
            switch writeWaiting(slot) {
            case .blocked:
                if counters[.bytesSent] != sentBefore {
                    connections[slot].lastProgressAt = now
                }
                return
            case .failed:
                connections[slot].phase = .closing
                return
            case .empty:
                if !core.outbound.release(slot) {
                    connections[slot].holdsToken = false
                    return
                }
            }
        }
    }

    /// Takes the output token, or makes sure to be marked when its holder lets it go.
    func acquireOrAsk(_ slot: Int) -> Bool {
        if core.outbound.acquire(slot) { return true }
        core.outbound.requestNotice(slot)
        return core.outbound.acquire(slot)
    }

    /// A frame that has gone out in part comes first; frames of either kind may then come in any order.
    private mutating func writeWaiting(_ slot: Int) -> OutboundTable.DrainResult {
        if connections[slot].outputSent > 0 {
            let result = writeOwnOutput(slot)
            if result != .empty { return result }
        }
        let result = core.outbound.drain(slot, counters: counters)
        return result == .empty ? writeOwnOutput(slot) : result
    }

    private mutating func writeOwnOutput(_ slot: Int) -> OutboundTable.DrainResult {
        while connections[slot].unsentOutput > 0 {
            let written = unsafe inferd_send(
                connections[slot].descriptor,
                connections[slot].output.bytes.baseAddress + connections[slot].outputSent,
                connections[slot].unsentOutput)
            if written < 0 {
                return written == -Int64(EAGAIN) ? .blocked : .failed
            }
            counters.add(.bytesSent, Int(written))
            connections[slot].outputSent += Int(written)
        }
        connections[slot].output.bytes.removeAll()
        connections[slot].output.bytes.shrink(toCapacity: retainedBytes)
        connections[slot].outputSent = 0
        return .empty
    }
}
