import Foundation
import Synchronization
import Testing

@testable import InferdServer

/// No work waits for a worker that sleeps.
struct WorkerParkingTests {
    private final class Sleeper: Sendable {
        private let woken = Atomic(false)

        var hasWoken: Bool { woken.load(ordering: .acquiring) }

        init(_ worker: Int, in parking: WorkerParking) {
            Thread.detachNewThread { [self] in
                parking.sleep(worker)
                woken.store(true, ordering: .releasing)
            }
        }

        /// Waits up to 20 s.
        func waitUntilWoken() -> Bool {
            let end = Date(timeIntervalSinceNow: 20)
            while !hasWoken, Date.now < end { usleep(200) }
            return hasWoken
        }
    }

    @Test func wakeUpSpentOnAWorkerThatFoundWorkIsPassedOn() {
        let parking = WorkerParking(workers: 2)
        parking.announce(0)
        parking.announce(1)
        let sleeper = Sleeper(1, in: parking)
        // The first worker is chosen, but has taken other work meanwhile.
        parking.wakeOne()
        parking.withdraw(0)
        #expect(sleeper.waitUntilWoken())
        parking.wakeAll()
    }

    @Test func withdrawingInTimeWakesNobody() {
        let parking = WorkerParking(workers: 2)
        parking.announce(1)
        let sleeper = Sleeper(1, in: parking)
        parking.announce(0)
        parking.withdraw(0)
        #expect(!sleeper.hasWoken)
        // The wake-up still goes to the one that sleeps.
        parking.wakeOne()
        #expect(sleeper.waitUntilWoken())
        parking.wakeAll()
    }
}
