import Foundation
import InferdBase
import InferdScheduler
import InferdTestSupport
import InferdWire
import Synchronization
import Testing

@testable import InferdServer

/// An `OutboundTable` with threads that deliver to it. Its caller is the I/O thread: it hands records
/// out, takes them back, drains what is passed on to it and replaces connections.
///
/// Each reply is a ping's echo that tells which connection it was made for, so that one which reaches
/// another, comes twice or comes in pieces is seen.
final class OutboundRig {
    let pool: RequestPool
    let signal: IOSignal
    let table: OutboundTable
    let slots: Range<Int>
    var generations: [UInt32]

    private let counters = ThreadCounters()
    private let queue = HandOver()
    private let deliveries = Deliveries()
    private let workers: Int
    private var free: [UInt32]
    private var peers: [FrameSocket?]
    private var descriptors: [Int32]
    private var holdsToken: [Bool]
    private var nextID: UInt64 = 1
    private var seen: Set<UInt64> = []

    private final class Deliveries: Sendable {
        let accepted = Atomic<Int>(0)
        let gone = Atomic<Int>(0)
        let isStopping = Atomic(false)
        let ended = Atomic<Int>(0)
    }

    init(slots: Int, records: Int, workers: Int) throws {
        self.slots = 0..<slots
        self.workers = workers
        pool = RequestPool(capacity: records)
        signal = try IOSignal(slots: slots)
        table = OutboundTable(slotCount: slots, pool: pool, signal: signal)
        free = Array(0..<UInt32(records))
        generations = Array(repeating: 0, count: slots)
        peers = Array(repeating: nil, count: slots)
        descriptors = Array(repeating: -1, count: slots)
        holdsToken = Array(repeating: false, count: slots)
        for slot in self.slots { try connect(slot) }
        for _ in 0..<workers {
            Thread.detachNewThread { [queue, table, deliveries] in
                let counters = ThreadCounters()
                while !deliveries.isStopping.load(ordering: .acquiring) {
                    guard let index = queue.pop() else {
                        sched_yield()
                        continue
                    }
                    switch table.deliver(index, counters: counters) {
                    case .accepted: deliveries.accepted.add(1, ordering: .relaxed)
                    case .gone: deliveries.gone.add(1, ordering: .relaxed)
                    }
                }
                deliveries.ended.add(1, ordering: .releasing)
            }
        }
    }

    deinit {
        stop()
        for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
    }

    /// Deliveries so far; exact after `stop`.
    var accepted: Int { deliveries.accepted.load(ordering: .relaxed) }
    var gone: Int { deliveries.gone.load(ordering: .relaxed) }

    /// Records that are nobody's.
    var freeRecords: Int {
        collect()
        return free.count
    }

    /// Waits for the workers' end.
    func stop() {
        deliveries.isStopping.store(true, ordering: .releasing)
        while deliveries.ended.load(ordering: .acquiring) < workers { sched_yield() }
    }

    private func connect(_ slot: Int) throws {
        let (socket, other) = try FrameSocket.pair()
        peers[slot] = socket
        descriptors[slot] = other
        table.attach(slot, descriptor: other, generation: generations[slot])
    }

    /// Gives up to `count` requests of random connections to the workers; how many there were records for.
    func handOut(upTo count: Int, _ random: inout SeededGenerator) throws -> Int {
        collect()
        for given in 0..<count {
            guard let index = free.popLast() else { return given }
            let slot = Int.random(in: slots, using: &random)
            let handle = ConnectionHandle(slot: UInt32(slot), generation: generations[slot])
            pool[index].connection = handle
            // Some are larger than a socket takes at once.
            let size = Int.random(in: 0..<20, using: &random) == 0 ? 300_000 : Int.random(in: 0..<3000, using: &random)
            let place: [UInt8] =
                [UInt8(slot)] + (0..<4).map { UInt8(truncatingIfNeeded: handle.generation >> (8 * $0)) }
            pool[index].reply.writeEcho(id: nextID, place + Array(repeating: 0x5A, count: size))
            nextID += 1
            pool.open(index, deadline: .distantFuture, isBatch: false)
            #expect(pool.claim(index))
            queue.push(index)
        }
        return count
    }

    /// What the I/O thread does for a connection it was told of.
    func serve(_ slot: Int) {
        if table.takeHandOver(slot) { holdsToken[slot] = true }
        while holdsToken[slot] {
            switch table.drain(slot, counters: counters) {
            case .empty:
                if !table.release(slot) { holdsToken[slot] = false }
            case .blocked:
                return
            case .failed:
                table.dropWaiting(slot)
            }
        }
    }

    /// The peer reads all there is for it.
    func read(_ slot: Int) throws {
        guard let peer = peers[slot] else { return }
        _ = peer.takeIn()
        while let frame = peer.nextFrame() {
            let reply = try unsafe ReplyMessage.decode(frame.payload.span.bytes)
            guard case .ping(let payload) = reply.body, payload.count >= 5 else {
                Issue.record("no whole reply: \(reply.id)")
                return
            }
            #expect(seen.insert(reply.id).inserted, "reply \(reply.id) came twice")
            let generation = payload[1..<5].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            #expect(Int(payload[0]) == slot && generation == generations[slot], "a reply of another connection")
        }
    }

    func closePeer(_ slot: Int) {
        peers[slot] = nil
    }

    /// Ends the slot's connection and begins another, as soon as the token can be had.
    func replace(_ slot: Int) throws {
        while !holdsToken[slot] {
            if table.takeHandOver(slot) || table.acquire(slot) { holdsToken[slot] = true }
        }
        try read(slot)
        generations[slot] += 1
        table.detach(slot, nextGeneration: generations[slot])
        holdsToken[slot] = false
        close(descriptors[slot])
        try connect(slot)
    }

    /// Goes on as the I/O thread would until every record has come back, or the time is over.
    func settle(until end: Date, reading: Bool = false) throws {
        while freeRecords < pool.capacity, Date.now < end {
            for slot in slots {
                serve(slot)
                if reading { try read(slot) }
            }
        }
    }

    private func collect() {
        var index = pool.takeReturned()
        while index != RequestPool.none {
            let next = pool.links.next(after: index)
            pool.clear(index)
            free.append(index)
            index = next
        }
        for group in 0..<signal.groupCount { _ = signal.takeMarks(group: group) }
    }
}
