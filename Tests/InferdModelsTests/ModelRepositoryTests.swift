import InferdBase
import InferdTestSupport
import Testing

@testable import InferdModels

struct ModelRepositoryTests {
    typealias Entry = ModelRepository.Entry

    private func scan(_ folder: RepositoryFolder) throws -> [Entry] {
        try folder.open().scan().map(\.withoutStamp)
    }

    @Test func versionsAreListedByModelThenNumber() throws {
        let folder = try RepositoryFolder()
        for path in ["b/2", "b/10", "a/1", "b/1"] {
            try folder.write(TestBundle(), at: path)
        }
        let found = try scan(folder)
        #expect(found.map(\.model) == ["a", "b", "b", "b"])
        #expect(found.map(\.version) == [1, 1, 2, 10])
        #expect(found.allSatisfy { $0.kind == .bundle })
    }

    @Test func anEmptyRepositoryHoldsNothing() throws {
        #expect(try scan(RepositoryFolder()) == [])
    }

    @Test func aRepositoryThatIsNotThereIsSaidSoWithoutItsPath() throws {
        let folder = try RepositoryFolder()
        try folder.write("file", "text")
        for (name, message) in [
            ("nowhere", "expected a directory, found nothing"), ("file", "expected a directory, found a regular file"),
        ] {
            let error = #expect(throws: BundleError.self) {
                try ModelRepository(path: folder.directory.appending(name))
            }
            #expect(error?.description == "the model repository cannot be opened: \(message)")
        }
    }

    @Test(arguments: ["a", "A-b_9", String(repeating: "x", count: 64), "-", "0"])
    func namesOfTheDocumentedFormAreModels(name: String) throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle(), at: "\(name)/1")
        #expect(try scan(folder) == [Entry(model: name, version: 1, kind: .bundle)])
    }

    @Test(arguments: [String(repeating: "x", count: 65), "a.b", "a b", "ä", "a\n", "a:b", "日本"])
    func otherNamesAreNamedAndNotEntered(name: String) throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle(), at: "\(name)/1")
        try folder.write(TestBundle(), at: "good/1")
        let found = try scan(folder)
        #expect(
            Set(found.map(\.model)) == [name, "good"]
                && found.contains(
                    Entry(
                        model: name, version: 0,
                        kind: .unusable(reason: "a model's name has 1 to 64 letters, digits, _ and -")))
        )
    }

    @Test(arguments: ["1", "10", "999999999999999999"])
    func wholeNumbersAreVersions(name: String) throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle(), at: "m/\(name)")
        let found = try scan(folder)
        #expect(found.map(\.version) == [UInt64(name)] && found[0].kind == .bundle)
        // It is opened again by its number.
        #expect(try folder.open().open(found[0]).version == UInt64(name))
    }

    @Test(arguments: [
        "0", "-1", "+1", "01", "1.0", "v1", "1 ", "1000000000000000000", "18446744073709551616", "１", "latest", "0x1",
    ])
    func otherFoldersAreNoVersions(name: String) throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle(), at: "m/\(name)")
        #expect(
            try scan(folder) == [
                Entry(
                    model: "m", version: 0,
                    kind: .unusable(reason: "'\(name)' is no version: expected a whole number from 1 up"))
            ])
    }

    @Test func hiddenEntriesAndFilesBesideTheModelsAreNotLookedAt() throws {
        let folder = try RepositoryFolder()
        try folder.write("README.md", "about these models")
        try folder.write(".git/1/model.onnx", "x")
        try folder.write("m/.export-1/model.onnx", "x")
        try folder.write(TestBundle())
        #expect(try scan(folder) == [Entry(model: "m", version: 1, kind: .bundle)])
    }

    @Test func linksInPlaceOfModelsAreNamed() throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle(), at: ".real/1")
        try folder.link("m", to: ".real")
        #expect(
            try scan(folder) == [
                Entry(
                    model: "m", version: 0,
                    kind: .unusable(
                        reason: "the model's folder cannot be opened: expected a directory, found a symbolic link"))
            ])
    }

    @Test(arguments: [
        (["model.onnx"], Entry.Kind.plain), (["model.onnx", "notes.txt"], .plain),
        (["model.onnx", "model.yaml"], .unusable(reason: "no MANIFEST: the bundle is not complete")),
        (["model.onnx", "golden.json"], .unusable(reason: "no MANIFEST: the bundle is not complete")),
        (["model.yaml"], .unusable(reason: "no MANIFEST: the bundle is not complete")),
        (["notes.txt"], .unusable(reason: "no model.onnx")), (["MANIFEST"], .bundle),
    ])
    func theManifestMakesABundle(files: [String], kind: Entry.Kind) throws {
        let folder = try RepositoryFolder()
        for file in files {
            try folder.write("m/1/\(file)", "x")
        }
        #expect(try scan(folder) == [Entry(model: "m", version: 1, kind: kind)])
    }

    @Test func aPlainModelIsItsBytes() throws {
        let folder = try RepositoryFolder()
        try folder.write("m/1/model.onnx", "bytes")
        let bundle = try folder.openBundle(.plain)
        #expect(bundle.model.count == 5 && bundle.description == nil && bundle.golden.isEmpty)
    }

    @Test func anEmptyVersionHasNoModel() throws {
        let folder = try RepositoryFolder()
        try folder.makeFolder("m/1")
        #expect(try scan(folder) == [Entry(model: "m", version: 1, kind: .unusable(reason: "no model.onnx"))])
    }

    @Test func aFileInPlaceOfAVersionIsNamed() throws {
        let folder = try RepositoryFolder()
        try folder.write("m/1", "text")
        #expect(
            try scan(folder) == [
                Entry(
                    model: "m", version: 1,
                    kind: .unusable(
                        reason: "the version's folder cannot be opened: expected a directory, found a regular file"))
            ])
    }

    @Test func aVersionRemovedSinceTheScanIsNamed() throws {
        let folder = try RepositoryFolder()
        try folder.write(TestBundle())
        let repository = try folder.open()
        let entry = try repository.scan()[0]
        try folder.remove("m/1")
        let error = #expect(throws: BundleError.self) { try repository.open(entry) }
        #expect(error?.description == "its folder cannot be opened: expected a directory, found nothing")
    }
}
