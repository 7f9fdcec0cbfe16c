import InferdBase

/// Records on their way to the threads that deliver them.
final class HandOver: Sendable {
    private let records = Locked<[UInt32]>([])

    func push(_ record: UInt32) {
        records.withLock { $0.append(record) }
    }

    func pop() -> UInt32? {
        records.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}
