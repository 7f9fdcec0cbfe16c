import Foundation
import InferdBase
import InferdTestSupport
import Testing

/// Reading beneath a directory and nothing else, with either way of following names.
struct DirectoryHandleTests {
    /// A repository `inside` with files, and a secret beside it.
    private struct Tree {
        let folder: TemporaryDirectory
        let handle: DirectoryHandle

        init(_ resolver: BeneathResolver) throws {
            folder = try TemporaryDirectory()
            let manager = FileManager.default
            try manager.createDirectory(
                atPath: folder.appending("inside/a/b"), withIntermediateDirectories: true)
            try Data("secret".utf8).write(to: URL(fileURLWithPath: folder.appending("secret")))
            try Data("plain".utf8).write(to: URL(fileURLWithPath: folder.appending("inside/file")))
            try Data("deep".utf8).write(to: URL(fileURLWithPath: folder.appending("inside/a/b/file")))
            try Data().write(to: URL(fileURLWithPath: folder.appending("inside/empty")))
            handle = try DirectoryHandle(path: folder.appending("inside"), resolver: resolver)
        }

        func link(_ name: String, to target: String) throws {
            try FileManager.default.createSymbolicLink(
                atPath: folder.appending("inside/\(name)"), withDestinationPath: target)
        }

        func read(_ name: String, links: DirectoryHandle.Links = .refused, maximum: Int = 1_000) throws -> String {
            let bytes = try handle.read(name, maximumBytes: maximum, links: links)
            return unsafe bytes.span.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        }

        func error(_ name: String, links: DirectoryHandle.Links = .refused, maximum: Int = 1_000) -> FileError? {
            do {
                _ = try handle.read(name, maximumBytes: maximum, links: links)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test(arguments: BeneathResolver.allCases)
    func filesBeneathAreRead(resolver: BeneathResolver) throws {
        let tree = try Tree(resolver)
        #expect(try tree.read("file") == "plain")
        #expect(try tree.read("a/b/file") == "deep")
        #expect(try tree.read("empty").isEmpty)
        #expect(try tree.read("file", maximum: 5) == "plain")
        let inner = try tree.handle.directory("a").directory("b")
        let bytes = try inner.read("file", maximumBytes: 10)
        #expect(bytes.count == 4)
        #expect(tree.error("file", maximum: 4) == .tooLarge(bytes: 5, maximum: 4))
        #expect(tree.error("nothing") == .missing(expected: .regular))
        #expect(tree.error("nothing/file") == .missing(expected: .regular))
        #expect(tree.error("a") == .wrongKind(expected: .regular, found: .directory))
    }

    @Test(arguments: BeneathResolver.allCases)
    func namesThatAreNotPlainAreRefusedUnseen(resolver: BeneathResolver) throws {
        let tree = try Tree(resolver)
        let names = [
            "", ".", "..", "../secret", "a/../../secret", "a/../file", "./file", "a//b/file", "a/b/", "/etc/passwd",
            "/", "file\0", "a/./b/file", tree.folder.appending("secret"),
        ]
        for name in names {
            for links in [DirectoryHandle.Links.refused, .beneath] {
                #expect(tree.error(name, links: links) == .outside, "\(name)")
            }
            #expect(throws: FileError.outside, "\(name)") { try tree.handle.directory(name) }
        }
    }

    @Test(arguments: BeneathResolver.allCases)
    func linksAreRefusedAtEveryComponent(resolver: BeneathResolver) throws {
        let tree = try Tree(resolver)
        try tree.link("link", to: "file")
        try tree.link("folder", to: "a")
        try tree.link("out", to: "../secret")
        try tree.link("absolute", to: tree.folder.appending("inside/file"))
        for name in ["link", "out", "absolute", "folder/b/file"] {
            #expect(tree.error(name) == .wrongKind(expected: .regular, found: .symbolicLink), "\(name)")
        }
        #expect(throws: FileError.wrongKind(expected: .directory, found: .symbolicLink)) {
            try tree.handle.directory("folder")
        }
    }

    @Test(arguments: BeneathResolver.allCases)
    func linksThatStayBeneathMayBeFollowed(resolver: BeneathResolver) throws {
        let tree = try Tree(resolver)
        try tree.link("link", to: "file")
        try tree.link("folder", to: "./a")
        try tree.link("a/up", to: "../file")
        try tree.link("chain", to: "folder/up")
        for (name, text) in ["link": "plain", "folder/b/file": "deep", "a/up": "plain", "chain": "plain"] {
            #expect(try tree.read(name, links: .beneath) == text, "\(name)")
        }
        try tree.link("out", to: "../secret")
        try tree.link("far", to: "a/../../secret")
        try tree.link("absolute", to: tree.folder.appending("inside/file"))
        try tree.link("upwards", to: "..")
        for name in ["out", "far", "absolute", "upwards/secret", "upwards/inside/file"] {
            #expect(tree.error(name, links: .beneath) == .outside, "\(name)")
        }
        try tree.link("loop", to: "loop")
        try tree.link("one", to: "two")
        try tree.link("two", to: "one")
        for name in ["loop", "one"] {
            #expect(
                tree.error(name, links: .beneath) == .wrongKind(expected: .regular, found: .symbolicLink), "\(name)")
        }
        try tree.link("dangling", to: "nothing")
        #expect(tree.error("dangling", links: .beneath) == .missing(expected: .regular))
    }

    @Test(arguments: BeneathResolver.allCases)
    func aLinkOnTheWayMayNotPassThroughWhatIsNoDirectory(resolver: BeneathResolver) throws {
        let tree = try Tree(resolver)
        try tree.link("up", to: "file/../file")
        try tree.link("here", to: "file/./file")
        try tree.link("up-from-nothing", to: "nothing/../file")
        try tree.link("up-from-link", to: "up/../file")
        for name in ["up", "here", "up-from-link"] {
            let error = tree.error(name, links: .beneath)
            #expect(error == .wrongKind(expected: .directory, found: .symbolicLink), "\(name)")
        }
        #expect(tree.error("up-from-nothing", links: .beneath) == .missing(expected: .regular))
    }

    @Test(.timeLimit(.minutes(1)), arguments: BeneathResolver.allCases)
    func whatIsNoRegularFileIsNeverRead(resolver: BeneathResolver) throws {
        let tree = try Tree(resolver)
        let fifo = tree.folder.appending("inside/fifo")
        #expect(unsafe mkfifo(fifo, 0o600) == 0)
        #expect(tree.error("fifo") == .wrongKind(expected: .regular, found: .fifo))
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(tree.folder.appending("inside/socket").utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        #expect(tree.error("socket") == .wrongKind(expected: .regular, found: .socket))
        #expect(throws: FileError.wrongKind(expected: .directory, found: .regular)) {
            try tree.handle.directory("file")
        }
        #expect(tree.error("file/below") == .wrongKind(expected: .directory, found: .regular))
    }

    @Test func entriesAreSortedAndTellTheirKind() throws {
        let tree = try Tree(.kernel)
        try tree.link("link", to: "a")
        try Data().write(to: URL(fileURLWithPath: tree.folder.appending("inside/.hidden")))
        let entries = try tree.handle.entries()
        #expect(entries.map(\.name) == [".hidden", "a", "empty", "file", "link"])
        #expect(entries.map(\.kind) == [.regular, .directory, .regular, .regular, .symbolicLink])
        // Again, from the start.
        #expect(try tree.handle.entries() == entries)
        #expect(try tree.handle.directory("a").directory("b").entries().count == 1)
    }

    @Test func theDirectoryItselfMustBeOne() throws {
        let folder = try TemporaryDirectory()
        try Data().write(to: URL(fileURLWithPath: folder.appending("file")))
        #expect(throws: FileError.missing(expected: .directory)) {
            try DirectoryHandle(path: folder.appending("nothing"))
        }
        #expect(throws: FileError.missing(expected: .directory)) { try DirectoryHandle(path: "") }
        #expect(throws: FileError.missing(expected: .directory)) { try DirectoryHandle(path: "a\0b") }
        let error = #expect(throws: FileError.self) { try DirectoryHandle(path: folder.appending("file")) }
        #expect(error == .wrongKind(expected: .directory, found: .regular))
        // Over a link it may be reached: that is the operator's choice.
        try FileManager.default.createSymbolicLink(
            atPath: folder.appending("link"), withDestinationPath: folder.path)
        #expect(try DirectoryHandle(path: folder.appending("link")).entries().count == 2)
    }

    @Test func noMessageHoldsAPath() {
        let errors: [FileError] = [
            .missing(expected: .regular), .wrongKind(expected: .regular, found: .fifo), .outside,
            .denied(expected: .directory), .tooLarge(bytes: 2, maximum: 1), .tooManyEntries(maximum: 1),
            .changedWhileRead, .system(28), .system(-1),
        ]
        for error in errors {
            #expect(!error.message.isEmpty && !error.message.contains("/"))
        }
        #expect(FileError.system(28).message.contains("space") && FileError.system(-1).message.contains("-1"))
    }
}
