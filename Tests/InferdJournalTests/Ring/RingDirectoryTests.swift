import Foundation
import InferdBase
import InferdTestSupport
import Testing

@testable import InferdJournal

struct RingDirectoryTests {
    private func identity(_ producer: UInt32, boot: UInt64 = 1) -> RingIdentity {
        RingIdentity(bootID: BootID(high: 0, low: boot), producer: producer)
    }

    private func names(in folder: TemporaryDirectory) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test("A directory in use is refused, and free again when its holder goes")
    func directoryIsLocked() throws {
        let folder = try TemporaryDirectory()
        do {
            let holder = try RingDirectory(path: folder.path)
            #expect(throws: RingError.directoryInUse) { _ = try RingDirectory(path: folder.path) }
            _ = consume holder
        }
        _ = try RingDirectory(path: folder.path)
    }

    @Test("A path that is no directory, or that cannot be made, is an error")
    func badPathsAreErrors() throws {
        let folder = try TemporaryDirectory()
        try Data().write(to: URL(filePath: folder.appending("file")))
        #expect(throws: RingError.directory(.wrongKind(expected: .directory, found: .regular))) {
            _ = try RingDirectory(path: folder.appending("file"))
        }
        #expect(throws: RingError.system(call: "mkdir", code: ENOENT)) {
            _ = try RingDirectory(path: folder.appending("a/b"))
        }
    }

    @Test("Rings of every boot and producer are found; those with nothing to deliver go")
    func allRingsAreFound() throws {
        let folder = try TemporaryDirectory()
        do {
            let directory = try RingDirectory(path: folder.path)
            for (producer, boot, count) in [(0, 1, 2), (1, 1, 0), (7, 2, 1)] as [(UInt32, UInt64, Int)] {
                var ring = RingProducer(
                    try directory.makeRing(identity(producer, boot: boot), capacity: 1024 << Int(producer)))
                for number in 0..<count {
                    let isCommitted = ring.commit([UInt8(number)])
                    #expect(isCommitted)
                }
            }
        }
        let directory = try RingDirectory(path: folder.path)
        let recovered = try directory.recover()
        #expect(recovered.rings.map(\.identity) == [identity(0), identity(7, boot: 2)])
        #expect(recovered.rings.map { $0.recovery?.replayable } == [2, 1])
        #expect(recovered.total.replayable == 3)
        #expect(recovered.refused.isEmpty)
        #expect(try names(in: folder).count == 3, "two rings and the lock")
        for ring in recovered.rings { try directory.remove(ring) }
        #expect(try names(in: folder) == ["lock"])
    }

    @Test("A ring whose making was cut short is no ring")
    func unfinishedRingsGo() throws {
        let folder = try TemporaryDirectory()
        try Data([1, 2, 3]).write(to: URL(filePath: folder.appending(identity(0).unfinishedFileName)))
        let directory = try RingDirectory(path: folder.path)
        let recovered = try directory.recover()
        #expect(recovered.rings.isEmpty && recovered.refused.isEmpty)
        #expect(try names(in: folder) == ["lock"])
    }

    @Test("Files that cannot be read are refused by name, and left as they are")
    func unreadableFilesStay() throws {
        let folder = try TemporaryDirectory()
        let whole = try {
            let directory = try RingDirectory(path: folder.path)
            let file = try directory.makeRing(identity(0), capacity: 1024)
            let bytes = try Data(contentsOf: URL(filePath: folder.appending(file.name)))
            try directory.remove(file)
            return Array(bytes)
        }()
        let cases: [(String, [UInt8], RingError)] = [
            ("a.ring", [], .notARing),
            ("b.ring", Array("INFRDRN?".utf8) + whole[8...], .notARing),
            ("c.ring", whole[..<8] + [2, 0, 0, 0] + whole[12...], .unknownVersion(2)),
            ("d.ring", whole[..<12] + [9] + whole[13...], .damagedHeader),
            ("e.ring", Array(whole[..<4095]), .damagedHeader),
            // Both copies of the head.
            ("e1.ring", whole[..<256] + [7] + whole[257..<264] + [7] + whole[265...], .damagedHeader),
            ("f.ring", whole + [0], .wrongSize(bytes: whole.count + 1, expected: whole.count)),
        ]
        for (name, bytes, _) in cases { try Data(bytes).write(to: URL(filePath: folder.appending(name))) }
        try FileManager.default.createSymbolicLink(
            atPath: folder.appending("g.ring"), withDestinationPath: folder.appending("f.ring"))
        let directory = try RingDirectory(path: folder.path)
        let recovered = try directory.recover()
        #expect(
            recovered.refused == cases.map { RefusedRing(name: $0.0, reason: $0.2) }
                + [RefusedRing(name: "g.ring", reason: .system(call: "openat", code: ELOOP))])
        for (name, bytes, _) in cases {
            #expect(try Array(Data(contentsOf: URL(filePath: folder.appending(name)))) == bytes)
        }
        #expect(recovered.refused.allSatisfy { !$0.reason.message.contains(folder.path) })
    }

    @Test("A ring's room is taken when it is made")
    func roomIsTakenAtOnce() throws {
        let folder = try TemporaryDirectory()
        let directory = try RingDirectory(path: folder.path)
        let file = try directory.makeRing(identity(0), capacity: 1 << 20)
        var status = stat()
        #expect(unsafe stat(folder.appending(file.name), &status) == 0)
        #expect(Int(status.st_blocks) * 512 >= 1 << 20)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test("A ring that is there is not made again")
    func ringsAreNotMadeTwice() throws {
        let folder = try TemporaryDirectory()
        let directory = try RingDirectory(path: folder.path)
        _ = try directory.makeRing(identity(0), capacity: 1024)
        #expect(throws: RingError.system(call: "linkat", code: EEXIST)) {
            _ = try directory.makeRing(identity(0), capacity: 1024)
        }
        #expect(try names(in: folder).count == 2)
    }

    @Test("Writing rings to the disk succeeds where there is one")
    func synchronizes() throws {
        let folder = try TemporaryDirectory()
        let directory = try RingDirectory(path: folder.path)
        let file = try directory.makeRing(identity(0), capacity: 1024)
        let consumer = RingConsumer(file)
        try consumer.synchronize()
        try directory.synchronize()
    }
}
