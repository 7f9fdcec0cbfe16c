import Glibc
import InferdTestSupport
import Testing

@testable import InferdJournal

struct RingAllocationTests {
    @Test("Nothing is allocated between reservation and release", .enabled(if: Allocations.areCounted))
    func steadyStateAllocatesNothing() throws {
        let folder = try TemporaryDirectory()
        let directory = try RingDirectory(path: folder.path)
        let file = try directory.makeRing(TestRing.identity, capacity: 4096)
        var producer = RingProducer(file)
        var consumer = RingConsumer(file)
        let before = Allocations.count
        var delivered = 0
        for round in 0..<10_000 {
            guard let abandoned = producer.reserve(byteCount: 32),
                let reservation = producer.reserve(byteCount: round % 300)
            else { break }
            var payload = producer.payload(of: reservation)
            payload.storeBytes(of: UInt8(truncatingIfNeeded: round), as: UInt8.self)
            producer.commit(reservation, kind: 1, byteCount: round % 300)
            producer.abandon(abandoned)
            while let record = consumer.next() {
                consumer.advance(past: record)
                if consumer.payload(of: record).byteCount == round % 300 { delivered += 1 }
                consumer.markDelivered(record.ticket)
            }
            consumer.release()
        }
        let allocations = Allocations.count - before
        #expect(allocations == 0)
        #expect(delivered == 10_000)
    }

    @Test(
        "No system call is made between reservation and commit, nor when the ring is full",
        .enabled(if: Allocations.areCounted), arguments: [false, true])
    func commitsEnterNoKernel(isCallMade: Bool) throws {
        let folder = try TemporaryDirectory()
        let directory = try RingDirectory(path: folder.path)
        let file = try directory.makeRing(TestRing.identity, capacity: 1 << 16)
        var producer = RingProducer(file)
        let child = try ForkedProcess {
            guard ForkedProcess.forbidSystemCalls() else {
                ForkedProcess.end(status: 1)
                return
            }
            var committed: Int32 = 0
            for _ in 0..<10_000 {
                guard let reservation = producer.reserve(byteCount: 300) else { continue }
                producer.commit(reservation, kind: 1, byteCount: 300)
                committed += 1
            }
            // So that it is seen that one would be.
            if isCallMade { _ = getppid() }
            ForkedProcess.end(status: committed > 100 ? 7 : 2)
        }
        #expect(child.wait() == (isCallMade ? nil : 7))
    }

    @Test("Allocations are counted", .enabled(if: Allocations.areCounted))
    func allocationsAreCounted() {
        let before = Allocations.count
        let object = Fiber()
        #expect(Allocations.count > before)
        withExtendedLifetime(object) {}
    }
}
