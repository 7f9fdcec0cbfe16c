internal import Glibc
internal import InferdBase
internal import Synchronization

/// A ring's file, mapped. The memory stays where it is until the last reference goes, those of the ring's
/// producer and consumer included; what was written to it then still is in the file.
///
/// One thread may hold the producer, another the consumer.
@safe
package final class RingFile: Sendable {
    package let identity: RingIdentity
    /// Bytes for records.
    package let capacity: Int
    /// What was found; nil for a ring that was made by this process.
    package let recovery: RingRecovery?

    let name: String
    let identityCheck: UInt32
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer
    private let hasProducer: Atomic<Bool>
    private let hasConsumer = Atomic(false)

    /// Makes a new ring of an empty file.
    /// - Parameter descriptor: read and write; the caller closes it.
    init(formatting descriptor: Int32, identity: RingIdentity, capacity: Int) throws(RingError) {
        precondition(RingLayout.isValid(capacity: capacity))
        unsafe base = try Self.map(descriptor, bytes: RingLayout.headerPageBytes + capacity)
        let header = RingHeader(identity: identity, capacity: capacity)
        unsafe header.write(to: base)
        self.identity = identity
        self.capacity = capacity
        name = identity.fileName
        identityCheck = header.identityCheck
        recovery = nil
        hasProducer = Atomic(false)
    }

    /// Opens a ring that another life of the daemon has left, and recovers what it holds.
    /// - Parameter descriptor: read and write; the caller closes it.
    init(recovering descriptor: Int32, name: String) throws(RingError) {
        let header = try RingHeader(readingFrom: descriptor)
        unsafe base = try Self.map(descriptor, bytes: RingLayout.headerPageBytes + header.capacity)
        identity = header.identity
        capacity = header.capacity
        self.name = name
        identityCheck = header.identityCheck
        hasProducer = Atomic(true)
        let words = unsafe RingWords(base: base, capacity: capacity, identityCheck: identityCheck)
        guard let found = words.recover() else {
            unsafe munmap(base, RingLayout.headerPageBytes + header.capacity)
            throw .damagedHeader
        }
        recovery = found
    }

    deinit {
        unsafe munmap(base, RingLayout.headerPageBytes + capacity)
    }

    /// Takes the file's room for good before it is mapped: a write to a mapped hole of a full disk ends the
    /// process.
    private static func map(_ descriptor: Int32, bytes: Int) throws(RingError) -> UnsafeMutableRawPointer {
        var code: Int32
        repeat {
            code = posix_fallocate(descriptor, 0, off_t(bytes))
        } while code == EINTR
        guard code == 0 else { throw .system(call: "posix_fallocate", code: code) }
        let address = unsafe mmap(
            nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | Int32(MAP_POPULATE), descriptor, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw .system(call: "mmap", code: errno)
        }
        return unsafe address
    }

    /// For the ring's one producer.
    func claimProducer() -> RingWords {
        precondition(!hasProducer.exchange(true, ordering: .relaxed), "a ring has one producer")
        return words
    }

    /// For the ring's one consumer.
    func claimConsumer() -> RingWords {
        precondition(!hasConsumer.exchange(true, ordering: .relaxed), "a ring has one consumer")
        return words
    }

    /// Valid while the file is.
    private var words: RingWords {
        unsafe RingWords(base: base, capacity: capacity, identityCheck: identityCheck)
    }

    /// Has what the ring holds written to the disk, and waits for it.
    func synchronize() throws(RingError) {
        guard unsafe msync(base, RingLayout.headerPageBytes + capacity, MS_SYNC) == 0 else {
            throw .system(call: "msync", code: errno)
        }
    }
}
