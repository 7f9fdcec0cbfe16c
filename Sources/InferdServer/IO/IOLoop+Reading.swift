import CLinux
import Glibc
import InferdBase
import InferdWire
import Synchronization

extension IOLoop {
    /// Bytes read at once from a connection that has none waiting.
    private static let readBytes = 16 << 10
    /// Bytes read from one connection before the others have their turn.
    private static let readBytesPerTurn = 256 << 10

    /// Takes what the socket has. Memory grows with what has come, never with what a length announces.
    mutating func read(_ slot: Int) {
        if connections[slot].phase == .lingering {
            discardInput(slot)
            return
        }
        var taken = 0
        while connections[slot].phase == .open, !connections[slot].hasReachedEnd, taken < Self.readBytesPerTurn {
            let room = max(Self.readBytes, connections[slot].input.count)
            let descriptor = connections[slot].descriptor
            var received: Int64 = 0
            let wasEmpty = connections[slot].input.isEmpty
            unsafe connections[slot].input.appendUninitialized(room) { space in
                unsafe received = inferd_receive(descriptor, space.baseAddress, space.count)
                return Int(max(received, 0))
            }
            if received < 0 {
                if received != -Int64(EAGAIN) {
                    connections[slot].phase = .closing
                }
                return
            }
            if received == 0 {
                connections[slot].hasReachedEnd = true
                return
            }
            counters.add(.bytesReceived, Int(received))
            connections[slot].lastReadAt = now
            if wasEmpty {
                connections[slot].frameStartedAt = now
            }
            taken += Int(received)
            if received < room { return }
            processInput(slot)
            if connections[slot].isPaused { return }
        }
    }

    private mutating func discardInput(_ slot: Int) {
        let descriptor = connections[slot].descriptor
        var received: Int64 = 0
        unsafe connections[slot].input.appendUninitialized(Self.readBytes) { space in
            unsafe received = inferd_receive(descriptor, space.baseAddress, space.count)
            return 0
        }
        if received == 0 || received < 0 && received != -Int64(EAGAIN) {
            connections[slot].phase = .closing
        }
    }

    /// Handles the frames that are whole, as long as limits allow.
    mutating func processInput(_ slot: Int) {
        guard connections[slot].phase == .open else { return }
        // Taken out, because handling a frame changes the connection; an empty buffer costs nothing.
        var input = OwnedBytes()
        swap(&input, &connections[slot].input)
        var consumed = 0
        scanning: while connections[slot].phase == .open {
            let remaining = input.count - consumed
            if remaining == 0 || remaining < connections[slot].neededBytes { break }
            if mustPause(slot) { break }
            let unread = input.span.extracting(consumed..<input.count)
            switch FrameScanner.scan(unread, maximumMessageBytes: core.configuration.frameBytes) {
            case .incomplete(let needed):
                connections[slot].neededBytes = needed
                break scanning
            case .refused(let error):
                goAway(slot, error)
            case .frame(let compressed, let payload, let uncompressedBytes, let total):
                consumed += total
                connections[slot].neededBytes = 0
                let isLast = consumed == input.count
                if compressed {
                    handleCompressed(
                        slot, unread.extracting(payload), uncompressedBytes: uncompressedBytes, isLast: isLast)
                } else {
                    handleFrame(slot, unread.extracting(payload), isLast: isLast)
                }
                connections[slot].frameStartedAt = connections[slot].lastReadAt
            }
        }
        input.removeFirst(connections[slot].phase == .open ? consumed : input.count)
        // Also with the beginning of the next frame behind, which a peer may always leave there.
        let retained = retainedBytes
        let isWasteful = input.capacity > 4 * retained && input.count < input.capacity / 4
        if input.isEmpty || isWasteful {
            input.shrink(toCapacity: retained)
        }
        swap(&input, &connections[slot].input)
    }

    private mutating func handleCompressed(
        _ slot: Int, _ block: RawSpan, uncompressedBytes: Int, isLast: Bool
    ) {
        var message = OwnedBytes()
        swap(&message, &unpacked)
        message.removeAll()
        do throws(RequestError) {
            try FrameCompression.decompress(block, uncompressedBytes: uncompressedBytes, into: &message)
            handleFrame(slot, message.span, isLast: isLast)
        } catch {
            // The frame's end is known, but its message is not: no id to answer with.
            counters.add(.framesReceived)
            connections[slot].framesRead += 1
            refuse(slot, id: 0, error)
        }
        message.removeAll()
        message.shrink(toCapacity: 64 << 10)
        swap(&message, &unpacked)
    }

    /// Memory a connection keeps in each direction.
    var retainedBytes: Int { Connection.retainedBytes(among: Int(core.openConnections.load(ordering: .relaxed))) }

    /// Whether to stop reading for now because too much is in flight or waits to be written.
    private mutating func mustPause(_ slot: Int) -> Bool {
        let wasPaused = connections[slot].isPaused
        if isOverLimits(slot) {
            // Asked for before looking again: what is given back later is told.
            core.outbound.requestNotice(slot)
            collectReturned()
            connections[slot].isPaused = isOverLimits(slot)
        } else {
            connections[slot].isPaused = false
        }
        if wasPaused, !connections[slot].isPaused {
            connections[slot].resumedAt = now
        }
        return connections[slot].isPaused
    }

    /// Has a paused connection looked at again, after the others, once there is room. What this thread
    /// itself writes makes room that nobody tells of.
    mutating func resumeLater(_ slot: Int) {
        guard connections[slot].phase == .open, connections[slot].isPaused else { return }
        collectReturned()
        if !isOverLimits(slot) {
            core.signal.mark(UInt32(slot))
        }
    }

    private func isOverLimits(_ slot: Int) -> Bool {
        connections[slot].inFlight.isFull
            || connections[slot].unsentOutput + core.outbound.waitingBytes(slot) > Limits.outputHighWaterBytes
    }
}
