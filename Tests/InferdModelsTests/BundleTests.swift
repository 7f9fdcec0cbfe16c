import Foundation
import InferdBase
import InferdTestSupport
import Testing

@testable import InferdModels

struct BundleTests {
    static let files = ["model.onnx", "model.yaml", "golden.json"]

    private func failure(_ folder: RepositoryFolder) -> BundleError? {
        let error = #expect(throws: BundleError.self) { try folder.openBundle() }
        #expect(error?.model == "m" && error?.version == 1)
        #expect(error?.description.contains(folder.path) == false)
        return error
    }

    @Test func aRightBundleIsReadWhole() throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle())
        let bundle = try folder.openBundle()
        #expect(bundle.name == "m" && bundle.version == 1)
        #expect(bundle.model.count == 20)
        #expect(bundle.description?.text == "Load of a town")
        #expect(bundle.golden.map(\.name) == ["first", "second"])
        #expect(try folder.open().scan().map(\.withoutStamp) == [.init(model: "m", version: 1, kind: .bundle)])
    }

    @Test(arguments: files + ["MANIFEST"])
    func eachMissingFileIsNamed(file: String) throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle())
        try folder.remove("m/1/\(file)")
        #expect(failure(folder)?.description == "\(file): expected a regular file, found nothing")
    }

    @Test(arguments: files)
    func aChangedByteIsFoundByTheDigest(file: String) throws {
        let folder = try RepositoryFolder()
        var bundle = TestBundle()
        try folder.write(bundle)
        let expected = TestBundle.digest(bundle.files[file] ?? [])
        bundle.files[file]?[7] ^= 1
        let bytes = try #require(bundle.files[file])
        try folder.write("m/1/\(file)", bytes)
        #expect(
            failure(folder)?.description
                == "\(file): expected SHA-256 \(expected), found \(TestBundle.digest(bytes))")
    }

    @Test(arguments: files)
    func aHalfCopiedFileIsFoundByTheDigest(file: String) throws {
        let folder = try RepositoryFolder()
        let bundle = TestBundle()
        try folder.write(bundle)
        try folder.write("m/1/\(file)", Array((bundle.files[file] ?? []).dropLast()))
        #expect(failure(folder)?.file == file)
        #expect(failure(folder)?.message.hasPrefix("expected SHA-256 ") == true)
    }

    // The manifest.

    private static let digest = String(repeating: "0a", count: 32)

    @Test(arguments: [
        ("", "expected an entry for model.onnx, found none"),
        ("\n\n", "expected an entry for model.onnx, found none"),
        ("nothing", "line 1: expected 64 hexadecimal digits, two spaces and a file's name"),
        ("\(digest) model.onnx", "line 1: expected 64 hexadecimal digits, two spaces and a file's name"),
        ("\(digest) *model.onnx", "line 1: expected 64 hexadecimal digits, two spaces and a file's name"),
        ("\(digest.uppercased())  model.onnx", "line 1: expected 64 hexadecimal digits, two spaces and a file's name"),
        ("\(digest.dropLast())  model.onnx", "line 1: expected 64 hexadecimal digits, two spaces and a file's name"),
        ("\(digest)0  model.onnx", "line 1: expected 64 hexadecimal digits, two spaces and a file's name"),
        ("\(digest)  model.onnx\n\(digest)  model.onnx", "line 2: 'model.onnx' is listed twice"),
        ("\(digest)  model.onnx\n\(digest)  model.yaml", "expected an entry for golden.json, found none"),
    ])
    func malformedManifestsAreNamedByLine(text: String, message: String) throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle())
        try folder.write("m/1/MANIFEST", text)
        #expect(failure(folder)?.description == "MANIFEST: \(message)")
    }

    @Test(arguments: [
        "weights.bin", "../x", "../model.onnx", "/etc/passwd", "./model.onnx", "model.onnx/", "sub/model.onnx", "",
        "model.onnx ", "MANIFEST", "model.onnx\r", "model.onnx\0", "Model.onnx",
    ])
    func manifestsListNoOtherFiles(name: String) throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle())
        try folder.write("m/1/MANIFEST", TestBundle().manifest + "\(Self.digest)  \(name)\n")
        #expect(
            failure(folder)?.description
                == "MANIFEST: line 4: expected one of model.onnx, model.yaml, golden.json, found '\(name)'")
    }

    @Test(arguments: ["MANIFEST", "model.yaml", "golden.json"])
    func textsMustBeUTF8(file: String) throws {
        let folder = try RepositoryFolder()
        var bundle = TestBundle()
        bundle.files["MANIFEST"] = nil
        if file != "MANIFEST" { bundle.files[file]?[3] = 0xFF }
        try folder.write(bundle)
        if file == "MANIFEST" { try folder.write("m/1/MANIFEST", [0xFF, 0xFE]) }
        #expect(failure(folder)?.description == "\(file): expected UTF-8 text")
    }

    @Test func messagesStayShortWhateverTheManifest() throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle())
        try folder.write("m/1/MANIFEST", "\(Self.digest)  \(String(repeating: "x", count: 60_000))")
        #expect((failure(folder)?.message.utf8.count ?? .max) < 300)
    }

    // What is no regular file.

    enum Trick: CaseIterable {
        case linkInside, linkOutside, linkToNothing, fifo, folder, socket
    }

    @Test(arguments: files + ["MANIFEST"], Trick.allCases)
    func nothingButARegularFileIsRead(file: String, trick: Trick) throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle())
        let outside = try RepositoryFolder()
        try outside.write(TestBundle())
        let path = folder.directory.appending("m/1/\(file)")
        try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
        let found: String
        switch trick {
        case .linkInside:
            try folder.link("m/1/\(file)", to: "\(file).old")
            found = "a symbolic link"
        case .linkOutside:
            try folder.link("m/1/\(file)", to: outside.directory.appending("m/1/\(file)"))
            found = "a symbolic link"
        case .linkToNothing:
            try folder.link("m/1/\(file)", to: "nowhere")
            found = "a symbolic link"
        case .fifo:
            #expect(unsafe mkfifo(path, 0o600) == 0)
            found = "a FIFO"
        case .folder:
            try folder.makeFolder("m/1/\(file)")
            found = "a directory"
        case .socket:
            let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(server) }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
            let bound = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe bind(server, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            #expect(bound == 0)
            found = "a socket"
        }
        #expect(failure(folder)?.description == "\(file): expected a regular file, found \(found)")
    }

    @Test(arguments: [("m/1", "m"), ("m", ".")])
    func foldersThatAreLinksAreNotEntered(path: String, parent: String) throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle())
        let moved = folder.directory.appending("\(parent)/.moved")
        try FileManager.default.moveItem(atPath: folder.directory.appending(path), toPath: moved)
        try folder.link(path, to: ".moved")
        // Found at the scan, and no less by whoever knows of it from a scan before.
        let entries = try folder.open().scan()
        let isNamed = entries.contains {
            if case .unusable(let reason) = $0.kind {
                $0.model == "m" && reason.contains("a symbolic link")
            } else {
                false
            }
        }
        #expect(entries.count == 1 && isNamed, "\(entries)")
        #expect(failure(folder)?.message == "its folder cannot be opened: expected a directory, found a symbolic link")
    }

    // Sizes.

    @Test(arguments: [
        ("model.yaml", 16 << 20), ("golden.json", 16 << 20), ("MANIFEST", 64 << 10), ("model.onnx", 2 << 30),
    ])
    func filesBeyondTheLimitAreNotRead(file: String, limit: Int) throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle())
        // A hole: it has a size and no content.
        #expect(unsafe truncate(folder.directory.appending("m/1/\(file)"), limit + 1) == 0)
        #expect(failure(folder)?.description == "\(file): expected at most \(limit) bytes, found \(limit + 1)")
    }

    // Permissions.

    @Test(arguments: files + ["MANIFEST"])
    func unreadableFilesAreNamed(file: String) throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle())
        try folder.setMode(0o755, of: ".")
        try folder.setMode(0, of: "m/1/\(file)")
        let error: BundleError? = try Unprivileged.run {
            do {
                _ = try folder.openBundle()
                return nil
            } catch let error as BundleError {
                return error
            }
        }
        #expect(
            error?.description == "\(file): expected a regular file that this user may read, found permission denied")
    }

    @Test(arguments: ["m", "m/1"])
    func unreadableFoldersAreNamedAndTheRestIsFound(path: String) throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle())
        try folder.write(TestBundle(), at: "other/1")
        try folder.setMode(0o755, of: ".")
        try folder.setMode(0, of: path)
        defer { try? folder.setMode(0o755, of: path) }
        let entries = try Unprivileged.run { try folder.open().scan().map(\.withoutStamp) }
        #expect(entries.count == 2 && entries.last == .init(model: "other", version: 1, kind: .bundle))
        guard case .unusable(let reason) = entries[0].kind else {
            Issue.record("\(entries)")
            return
        }
        #expect(reason.hasSuffix("expected a directory that this user may read, found permission denied"))
    }
}
