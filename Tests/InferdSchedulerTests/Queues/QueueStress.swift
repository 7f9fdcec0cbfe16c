import Foundation
import InferdScheduler
import InferdTestSupport
import Synchronization

@testable import InferdBase

/// Threads that add to queues and threads that take from them as the server's do: who adds sets the model's
/// bit, who finds a queue empty clears it and looks again. Records are used again at once.
///
/// What is known of a record lies in plain memory: only the queues' own ordering makes reading it safe,
/// which the thread sanitizer sees.
@safe
final class QueueStress: @unchecked Sendable {
    private static let models = [0, 63, 64, 130]
    private static let records = 48

    private let queues: [WorkQueue]
    private let map = WorkMap(capacity: 131)
    private let clock = FairClock()
    private let added: Int
    /// By request, how often it was taken.
    private let taken: [Counter]
    private let takenInAll = Atomic<Int>(0)
    private let addersLeft: Atomic<Int>
    private let free: Locked<[UInt32]>
    /// By record, its request and whether it is in a queue; whoever has the record writes.
    private let requests: UnsafeMutablePointer<Int>
    private let entries: UnsafeMutablePointer<WorkQueue.Entry>
    private let isUrgent: [Flag]
    private let adders: Int

    private final class Counter: Sendable {
        let count = Atomic<Int>(0)
    }

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    /// - Parameter requests: for each adder.
    init(adders: Int, requests perAdder: Int) {
        self.adders = adders
        added = adders * perAdder
        let links = RecordLinks(capacity: Self.records)
        queues = Self.models.map { [clock] _ in WorkQueue(links: links, clock: clock) }
        taken = (0..<added).map { _ in Counter() }
        addersLeft = Atomic(adders)
        free = Locked(Array(0..<UInt32(Self.records)))
        unsafe requests = .allocate(capacity: Self.records)
        unsafe requests.initialize(repeating: -1, count: Self.records)
        unsafe entries = .allocate(capacity: Self.records)
        unsafe entries.initialize(
            repeating: WorkQueue.Entry(
                item: FairQueue.Item(record: 0, startTag: 0, sequence: 0), isBatch: false), count: Self.records)
        isUrgent = (0..<Self.records).map { _ in Flag() }
    }

    deinit {
        unsafe requests.deallocate()
        unsafe entries.deallocate()
    }

    /// Runs all threads to their end.
    func run(takers: Int, seed: UInt64) {
        let group = DispatchGroup()
        for number in 0..<adders + takers {
            group.enter()
            let thread = Thread { [self] in
                var generator = SeededGenerator(seed: seed &+ UInt64(number))
                if number < adders {
                    add(number, &generator)
                } else {
                    take(&generator)
                }
                group.leave()
            }
            thread.start()
        }
        group.wait()
    }

    private func add(_ number: Int, _ generator: inout SeededGenerator) {
        var lastEnd: UInt64 = 0
        let perAdder = added / adders
        for request in number * perAdder..<(number + 1) * perAdder {
            guard let record = takeFree() else { break }
            let model = Int.random(in: 0..<Self.models.count, using: &generator)
            let isBatch = Bool.random(using: &generator)
            let item = FairQueue.Item(
                record: record, startTag: clock.startTag(lastEnd: &lastEnd, work: 10), sequence: UInt64(request))
            isUrgent[Int(record)].isSet.store(!isBatch, ordering: .relaxed)
            unsafe requests[Int(record)] = request
            unsafe entries[Int(record)] = WorkQueue.Entry(item: item, isBatch: isBatch)
            queues[model].add(record, now: MonotonicTime(nanoseconds: 1))
            map.set(Self.models[model])
            if isBatch, Int.random(in: 0..<8, using: &generator) == 0 {
                // It may have been taken, and be another's by now: that one becomes urgent then.
                isUrgent[Int(record)].isSet.store(true, ordering: .relaxed)
                queues[model].notePromotion()
            }
        }
        addersLeft.subtract(1, ordering: .sequentiallyConsistent)
    }

    /// A record that nobody uses; nil when none comes back, because some are lost.
    private func takeFree() -> UInt32? {
        let end = Date(timeIntervalSinceNow: 10)
        while true {
            if let record = free.withLock({ $0.popLast() }) { return record }
            if Date() > end { return nil }
            sched_yield()
        }
    }

    private func take(_ generator: inout SeededGenerator) {
        var cursor = 0
        var idle = 0
        while takenInAll.load(ordering: .relaxed) < added, idle < 10_000 {
            let isOver = addersLeft.load(ordering: .sequentiallyConsistent) == 0
            guard let place = map.next(from: cursor), let model = Self.models.firstIndex(of: place) else {
                idle += isOver ? 1 : 0
                sched_yield()
                continue
            }
            idle = 0
            cursor = place + 1 < map.capacity ? place + 1 : 0
            let queue = queues[model]
            if queue.count == 0 {
                map.clear(place)
                if queue.count > 0 { map.set(place) }
                continue
            }
            receive(queue, limit: Int.random(in: 1...8, using: &generator))
        }
    }

    private func receive(_ queue: WorkQueue, limit: Int) {
        var records: [UInt32] = []
        _ = queue.take(limit: limit) {
            var entry = unsafe entries[Int($0)]
            entry.isBatch = !isUrgent[Int($0)].isSet.load(ordering: .relaxed)
            return entry
        } receive: {
            records.append($0)
        }
        for record in records {
            let request = unsafe requests[Int(record)]
            unsafe requests[Int(record)] = -1
            if request >= 0 {
                taken[request].count.add(1, ordering: .relaxed)
            }
            takenInAll.add(1, ordering: .relaxed)
            free.withLock { $0.append(record) }
        }
    }

    /// What is wrong, now that all threads have come to their end.
    var faults: [String] {
        var faults: [String] = []
        for (request, counter) in taken.enumerated() {
            let count = counter.count.load(ordering: .relaxed)
            if count != 1 { faults.append("request \(request) was taken \(count) times") }
        }
        for (model, queue) in queues.enumerated() {
            queue.checkInvariants()
            if queue.count != 0 { faults.append("queue \(model) counts \(queue.count)") }
            map.clear(Self.models[model])
        }
        if !map.isEmpty { faults.append("the map has bits of no model") }
        return faults
    }
}
