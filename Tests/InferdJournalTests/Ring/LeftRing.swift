import Glibc
import InferdTestSupport

@testable import InferdJournal

/// A ring's file that a test writes byte by byte, as another life of the daemon may have left it. Always the
/// same file, because thousands are written.
final class LeftRing {
    private let folder: TemporaryDirectory
    private let descriptor: Int32

    init() throws {
        folder = try TemporaryDirectory()
        descriptor = unsafe open(folder.appending("left.ring"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        try require(descriptor >= 0, "no file")
    }

    deinit {
        close(descriptor)
    }

    /// What the next life finds, and takes, when these are the file's bytes.
    func recover(_ bytes: [UInt8]) throws -> (recovery: RingRecovery, records: [TakenRecord]) {
        var status = stat()
        try require(unsafe fstat(descriptor, &status) == 0, "no status")
        if Int(status.st_size) != bytes.count {
            try require(ftruncate(descriptor, off_t(bytes.count)) == 0, "the file keeps its length")
        }
        try require(unsafe pwrite(descriptor, bytes, bytes.count, 0) == bytes.count, "the file is not written")
        let file = try RingFile(recovering: descriptor, name: "left.ring")
        var consumer = RingConsumer(file)
        let records = consumer.takeAll()
        consumer.checkInvariants()
        try require(consumer.pendingRecords == UInt64(records.count), "pending records")
        return (file.recovery ?? RingRecovery(), records)
    }
}
