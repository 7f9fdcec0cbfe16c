import CLinux
import Glibc
import InferdBase
import InferdScheduler
import InferdWire
import Synchronization

/// The sending side of every connection: who may write to which socket, and what waits to be written.
///
/// Each slot has one output token. Its holder alone writes to the socket; who fails to get it puts its
/// reply into the slot's outbox, and the holder empties that before and after letting go. The token
/// carries the connection's generation, so that a reply for a connection that is gone is dropped. When
/// the kernel takes no more, the holder leaves the token held and hands it to the I/O thread, which
/// waits for the socket.
@safe
final class OutboundTable: Sendable {
    enum Delivery {
        /// Handed to the kernel, or queued on the connection.
        case accepted
        /// The connection is gone; the record has been given back.
        case gone
    }

    enum DrainResult {
        case empty
        /// The kernel takes no more for now.
        case blocked
        /// The peer takes no more ever.
        case failed
    }

    private struct Slot: ~Copyable {
        /// Generation and, in the lowest bit, whether the token is held.
        /// A free slot's is held by the I/O thread.
        let token = Atomic<UInt64>(1)
        /// Replies pushed by those who did not get the token.
        let outbox = Atomic<UInt32>(RequestPool.none)
        /// Bytes of replies in the outbox and in the chain.
        let waitingBytes = Atomic<Int>(0)
        /// The I/O thread wants to look at this slot when anything happens to it.
        let notice = Atomic(false)
        /// The token is held on behalf of the I/O thread, which has not seen this yet.
        let handedOver = Atomic(false)

        /// Two slots never share a pair of cache lines: different threads write to neighbours. The array
        /// begins at such a pair.
        let padding = InlineArray<12, UInt64>(repeating: 0)
    }

    /// What belongs to the token's holder.
    private struct Chain {
        var descriptor: Int32 = -1
        /// Replies of this connection's generation in the order they go out.
        var first = RequestPool.none
        var last = RequestPool.none
        /// Bytes of the first reply that are sent.
        var sent = 0
    }

    let pool: RequestPool
    let signal: IOSignal
    let slotCount: Int
    private let slots: FixedArray<Slot>
    private let chains: FixedArray<Chain>

    init(slotCount: Int, pool: RequestPool, signal: IOSignal) {
        self.pool = pool
        self.signal = signal
        self.slotCount = slotCount
        precondition(MemoryLayout<Slot>.stride % 128 == 0)
        slots = FixedArray(count: slotCount) { _ in Slot() }
        chains = FixedArray(count: slotCount) { _ in Chain() }
    }

    /// For the token's holder; taking and letting go of the token orders the accesses around it.
    private subscript(held slot: Int) -> Chain {
        unsafeAddress { unsafe UnsafePointer(chains.address(of: slot)) }
        unsafeMutableAddress { unsafe chains.address(of: slot) }
    }

    // Any thread.

    /// Sends the finished reply in record `index`, or queues it; the record is no longer the caller's.
    func deliver(_ index: UInt32, counters: ThreadCounters) -> Delivery {
        let handle = pool[index].connection
        let slot = Int(handle.slot)
        let idle = UInt64(handle.generation) << 1
        let (acquired, seen) = slots[slot].token.compareExchange(
            expected: idle, desired: idle | 1, ordering: .sequentiallyConsistent)
        if acquired {
            addWaiting(slot, pool[index].reply.bytes.count)
            append(index, to: slot)
            settle(slot, counters: counters)
            return .accepted
        }
        if seen >> 1 != UInt64(handle.generation) {
            pool.giveBack(index)
            return .gone
        }
        addWaiting(slot, pool[index].reply.bytes.count)
        // The holder looks at the outbox after letting go, and we try the token after the push: the
        // token's and the outbox's accesses are all sequentially consistent, so one of us sends it.
        pool.links.push(index, on: slots[slot].outbox)
        if acquire(slot) {
            settle(slot, counters: counters)
        } else if slots[slot].token.load(ordering: .sequentiallyConsistent) >> 1 != UInt64(handle.generation) {
            // The connection ended in between: the I/O thread empties a free slot's outbox.
            signal.mark(handle.slot)
        }
        return .accepted
    }

    /// Tells the I/O thread, if it asked to be told, that a record of the slot was given back.
    func noteReturn(_ slot: UInt32) {
        // Pairs with `requestNotice`: the record was given back before this load.
        if slots[Int(slot)].notice.load(ordering: .sequentiallyConsistent),
            slots[Int(slot)].notice.exchange(false, ordering: .sequentiallyConsistent)
        {
            signal.mark(slot)
        }
    }

    /// The holder writes what waits and lets the token go, or passes it to the I/O thread.
    private func settle(_ slot: Int, counters: ThreadCounters) {
        while true {
            switch drain(slot, counters: counters) {
            case .empty:
                break
            case .blocked:
                slots[slot].handedOver.store(true, ordering: .releasing)
                signal.mark(UInt32(slot))
                return
            case .failed:
                dropWaiting(slot)
                // Only the I/O thread closes, and the poller tells it of this end.
                shutdown(self[held: slot].descriptor, Int32(SHUT_RDWR))
            }
            if !release(slot) { break }
        }
        noteReturn(UInt32(slot))
    }

    // The token.

    /// Takes the token of whatever connection has the slot; false when it is held.
    func acquire(_ slot: Int) -> Bool {
        let seen = slots[slot].token.load(ordering: .sequentiallyConsistent)
        if seen & 1 == 1 { return false }
        return slots[slot].token.compareExchange(
            expected: seen, desired: seen | 1, ordering: .sequentiallyConsistent
        ).exchanged
    }

    /// Lets the token go; true when replies came in meanwhile and the token was taken again for them.
    func release(_ slot: Int) -> Bool {
        let held = slots[slot].token.load(ordering: .relaxed)
        slots[slot].token.store(held & ~1, ordering: .sequentiallyConsistent)
        return slots[slot].outbox.load(ordering: .sequentiallyConsistent) != RequestPool.none && acquire(slot)
    }

    // The token's holder.

    /// Writes chain and outbox until both are empty or the socket takes no more.
    func drain(_ slot: Int, counters: ThreadCounters) -> DrainResult {
        while true {
            while self[held: slot].first != RequestPool.none {
                let index = self[held: slot].first
                let count = pool[index].reply.bytes.count
                let offset = self[held: slot].sent
                let written = unsafe inferd_send(
                    self[held: slot].descriptor, pool[index].reply.bytes.baseAddress + offset, count - offset)
                if written < 0 {
                    return written == -Int64(EAGAIN) ? .blocked : .failed
                }
                counters.add(.bytesSent, Int(written))
                self[held: slot].sent += Int(written)
                if offset + Int(written) < count { return .blocked }
                dropFirst(slot)
            }
            if !takeOutbox(slot) { return .empty }
        }
    }

    /// Gives back every reply that waits.
    func dropWaiting(_ slot: Int) {
        repeat {
            while self[held: slot].first != RequestPool.none {
                dropFirst(slot)
            }
        } while takeOutbox(slot)
    }

    /// Moves the outbox to the chain; false when it was empty. Replies of an earlier connection are
    /// given back.
    private func takeOutbox(_ slot: Int) -> Bool {
        // After `detach` this pairs with the push in `deliver`, as the load in `release` does.
        if slots[slot].outbox.load(ordering: .sequentiallyConsistent) == RequestPool.none { return false }
        var index = slots[slot].outbox.exchange(RequestPool.none, ordering: .sequentiallyConsistent)
        let generation = slots[slot].token.load(ordering: .relaxed) >> 1
        while index != RequestPool.none {
            let next = pool.links.next(after: index)
            if UInt64(pool[index].connection.generation) == generation {
                append(index, to: slot)
            } else {
                addWaiting(slot, -pool[index].reply.bytes.count)
                pool.giveBack(index)
            }
            index = next
        }
        return true
    }

    private func append(_ index: UInt32, to slot: Int) {
        pool.links.setNext(RequestPool.none, after: index)
        if self[held: slot].first == RequestPool.none {
            self[held: slot].first = index
            self[held: slot].sent = 0
        } else {
            pool.links.setNext(index, after: self[held: slot].last)
        }
        self[held: slot].last = index
    }

    private func dropFirst(_ slot: Int) {
        let index = self[held: slot].first
        self[held: slot].first = pool.links.next(after: index)
        self[held: slot].sent = 0
        addWaiting(slot, -pool[index].reply.bytes.count)
        pool.giveBack(index)
    }

    /// The I/O thread gives a free slot to a new connection and lets the token go.
    func attach(_ slot: Int, descriptor: Int32, generation: UInt32) {
        dropWaiting(slot)
        self[held: slot].descriptor = descriptor
        slots[slot].notice.store(false, ordering: .relaxed)
        slots[slot].handedOver.store(false, ordering: .relaxed)
        slots[slot].token.store(UInt64(generation) << 1 | 1, ordering: .relaxed)
        // A late reply of an earlier connection may have come since, from a worker that then found the
        // token held: nobody else would give it back while the new connection idles.
        while release(slot) {
            dropWaiting(slot)
        }
    }

    /// The I/O thread, holding the token, ends the slot's connection and keeps the token: from here on
    /// no reply with an earlier generation is accepted.
    func detach(_ slot: Int, nextGeneration: UInt32) {
        slots[slot].token.store(UInt64(nextGeneration) << 1 | 1, ordering: .sequentiallyConsistent)
        dropWaiting(slot)
        self[held: slot].descriptor = -1
    }

    // The I/O thread.

    /// True once after a holder has passed the token on.
    func takeHandOver(_ slot: Int) -> Bool {
        slots[slot].handedOver.load(ordering: .relaxed)
            && slots[slot].handedOver.exchange(false, ordering: .acquiring)
    }

    /// Asks for a mark when a record of this slot is given back or the token is let go. Look again
    /// after asking: what happened before is not told.
    func requestNotice(_ slot: Int) {
        slots[slot].notice.store(true, ordering: .sequentiallyConsistent)
    }

    func waitingBytes(_ slot: Int) -> Int {
        slots[slot].waitingBytes.load(ordering: .relaxed)
    }

    private func addWaiting(_ slot: Int, _ bytes: Int) {
        slots[slot].waitingBytes.add(bytes, ordering: .relaxed)
    }
}
