import Foundation
import Synchronization
import Testing

@testable import InferdServer

struct ThreadGroupTests {
    private final class Threads: Sendable {
        let isStopping = Atomic(false)
        private let living = Atomic(0)

        var count: Int { living.load(ordering: .acquiring) }

        func start(_ number: Int) throws(ServerError) -> PinnedThread {
            living.add(1, ordering: .relaxed)
            return try PinnedThread(name: "test", processor: nil, nice: 0) { [self] in
                while !isStopping.load(ordering: .acquiring) { usleep(200) }
                living.subtract(1, ordering: .releasing)
            }
        }
    }

    @Test func threadsStartedBeforeAFailureAreEnded() {
        let threads = Threads()
        let error = #expect(throws: ServerError.self) {
            try ThreadGroup(count: 4, stop: { threads.isStopping.store(true, ordering: .releasing) }) {
                number throws(ServerError) in
                if number == 3 { throw ServerError("no more threads") }
                return try threads.start(number)
            }
        }
        #expect(error?.message == "no more threads")
        #expect(threads.count == 0)
        threads.isStopping.store(true, ordering: .releasing)
    }
}
