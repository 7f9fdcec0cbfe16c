import Foundation
import InferdBase
import InferdScheduler
import InferdTestSupport
import InferdWire
import Synchronization
import Testing

@testable import InferdServer

/// The output token and what it guards, driven by several threads at once, with the test in the place of
/// the I/O thread.
struct OutboundTableTests {
    @Test func everyReplyIsSentOnceToItsOwnConnectionOrGivenBack() throws {
        let rig = try OutboundRig(slots: 3, records: 64, workers: 3)
        var random = SeededGenerator(for: "everyReplyIsSentOnceToItsOwnConnectionOrGivenBack")
        var handedOut = 0
        for phase in 1...200 {
            for _ in 0..<10 {
                handedOut += try rig.handOut(upTo: Int.random(in: 1...12, using: &random), &random)
                for slot in rig.slots {
                    rig.serve(slot)
                    // A peer that seldom reads lets replies pile up.
                    if Int.random(in: 0..<4, using: &random) == 0 { try rig.read(slot) }
                    switch Int.random(in: 0..<100, using: &random) {
                    case 0: rig.closePeer(slot)
                    case 1: try rig.replace(slot)
                    default: break
                    }
                }
            }
            // Nothing waits once peers read and nobody adds to it.
            try rig.settle(until: Date(timeIntervalSinceNow: 10), reading: true)
            guard rig.freeRecords == 64 else {
                Issue.record("phase \(phase): \(64 - rig.freeRecords) replies are stuck")
                break
            }
            #expect(rig.slots.allSatisfy { rig.table.waitingBytes($0) == 0 })
        }
        rig.stop()
        #expect(rig.accepted + rig.gone == handedOut)
        #expect(rig.accepted > 0)
    }

    @Test func aReplyPushedWhileTheTokenIsLetGoIsNotLeftBehind() throws {
        let rig = try OutboundRig(slots: 1, records: 1, workers: 1)
        var random = SeededGenerator(for: "aReplyPushedWhileTheTokenIsLetGoIsNotLeftBehind")
        // Nothing can be sent, so that little else is done than taking the token and letting it go.
        rig.table.detach(0, nextGeneration: 1)
        rig.table.attach(0, descriptor: -1, generation: 1)
        rig.generations[0] = 1
        let end = Date(timeIntervalSinceNow: 3)
        var round = 0
        while round < 100_000, Date.now < end {
            round += 1
            #expect(try rig.handOut(upTo: 1, &random) == 1)
            for _ in 0..<Int.random(in: 0..<80, using: &random) where rig.table.acquire(0) {
                repeat { rig.table.dropWaiting(0) } while rig.table.release(0)
            }
            try rig.settle(until: Date(timeIntervalSinceNow: 5))
            if rig.freeRecords < 1 { break }
        }
        rig.stop()
        #expect(rig.freeRecords == 1, "the reply of round \(round) is stuck")
    }

    @Test func aReplyTooLateForItsConnectionIsGivenBackWhileTheNextOneIdles() throws {
        let rig = try OutboundRig(slots: 1, records: 2, workers: 1)
        var random = SeededGenerator(for: "aReplyTooLateForItsConnectionIsGivenBackWhileTheNextOneIdles")
        let end = Date(timeIntervalSinceNow: 3)
        var round = 0
        while round < 20_000, Date.now < end {
            round += 1
            // The token is held while the worker begins, so that it takes the way through the outbox.
            _ = rig.table.acquire(0)
            #expect(try rig.handOut(upTo: 1, &random) == 1)
            for _ in 0..<Int.random(in: 0..<60, using: &random) { _ = rig.table.waitingBytes(0) }
            rig.table.detach(0, nextGeneration: UInt32(2 * round))
            rig.table.attach(0, descriptor: -1, generation: UInt32(2 * round))
            rig.generations[0] = UInt32(2 * round)
            try rig.settle(until: Date(timeIntervalSinceNow: 5))
            if rig.freeRecords < 2 { break }
        }
        rig.stop()
        #expect(rig.freeRecords == 2, "the reply of round \(round) is stuck")
    }

    @Test func aHeldTokenOfAnEarlierConnectionKeepsLateRepliesOut() throws {
        let rig = try OutboundRig(slots: 1, records: 2, workers: 1)
        var random = SeededGenerator(seed: 1)
        _ = rig.table.acquire(0)
        rig.table.detach(0, nextGeneration: 7)
        // Made for the connection that has just ended.
        #expect(try rig.handOut(upTo: 1, &random) == 1)
        try rig.settle(until: Date(timeIntervalSinceNow: 20))
        rig.stop()
        #expect(rig.gone == 1)
        #expect(rig.accepted == 0)
        #expect(rig.freeRecords == 2)
    }
}
