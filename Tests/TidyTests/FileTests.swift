import Foundation
import Testing

/// What every file of the repository is held to.
struct FileTests {
    /// Generated code: held to nothing but being what `make proto` gives.
    private static let generated = "Sources/CInferdProto/inferd/"
    private static let generatedHeaders = "Sources/CInferdProto/include/inferd/"

    /// Written by hand.
    private static let code = SourceTree.files.filter {
        $0.has(extension: "swift", "c", "h") && !$0.path.hasPrefix(generated) && !$0.path.hasPrefix(generatedHeaders)
    }

    @Test("The tree is where the tests look for it")
    func theTreeIsFound() {
        #expect(SourceTree.files.contains { $0.path == "Package.swift" })
        #expect(Self.code.count > 20)
    }

    @Test("No file is empty or only holds a place")
    func noFileIsDead() {
        for file in Self.code {
            let hasCode = file.lines.contains { line in
                let text = line.drop(while: \.isWhitespace)
                return !text.isEmpty && !text.hasPrefix("//") && !text.hasPrefix("import ")
            }
            // A system library's shim is nothing but includes; those count as code.
            #expect(hasCode, "\(file.path) has no code")
            #expect(!file.name.lowercased().hasPrefix("placeholder"), "\(file.path) only holds a place")
        }
    }

    @Test("Every C source and header is reached")
    func everyHeaderIsIncluded() {
        let texts =
            Self.code.compactMap(\.text) + SourceTree.files.filter { $0.name == "module.modulemap" }.compactMap(\.text)
        for header in Self.code where header.has(extension: "h") {
            #expect(
                texts.contains { $0.contains("\"\(header.name)\"") || $0.contains("/\(header.name)\"") }
                    || header.components.dropLast().last == "include",
                "nothing includes \(header.path)")
        }
    }

    @Test("No work is left as a note in a comment")
    func noNotesOfWorkLeft() throws {
        // Put together here, or this file would be the first to be found.
        let notes = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
        let pattern = try Regex("\\b(\(notes.joined(separator: "|")))\\b")
        for file in SourceTree.files {
            for (number, line) in file.lines.enumerated() where line.contains(pattern) {
                Issue.record("\(file.path):\(number + 1): \(line.trimmingPrefix { $0.isWhitespace })")
            }
        }
    }

    @Test("No file names a directory of the machine it was written on")
    func noPathOfSomebodysMachine() throws {
        let pattern = try Regex("(^|[\\s\"'`=(:])/(" + ["home", "root", "work", "Users"].joined(separator: "|") + ")/")
        for file in SourceTree.files {
            for (number, line) in file.lines.enumerated() where line.contains(pattern) {
                Issue.record("\(file.path):\(number + 1): \(line.prefix(160))")
            }
        }
    }

    @Test("Files are short enough to be read")
    func filesAreShort() {
        for file in Self.code {
            // What follows the last line's end is no line.
            let lines = file.lines.count - 1
            #expect(lines <= 400, "\(file.path) has \(lines) lines")
        }
    }

    @Test("Functions are short enough to be read")
    func functionsAreShort() {
        for file in Self.code {
            for function in FunctionLengths.functions(in: file) {
                #expect(
                    function.lines <= 75,
                    "\(file.path):\(function.firstLine): \(function.lines) lines from '\(function.signature)'")
            }
        }
    }

    /// What tests are made of, rather than tests.
    private static let material: Set<String> = [
        "InferdTestSupport", "CAllocationCounter", "CTestSupport", "Fuzz", "Golden", "inferd-kafka-mock",
        "inferd-kafka-publish",
    ]

    @Test("Every directory of tests has tests")
    func everyTestDirectoryHasTests() {
        for directory in SourceTree.directories(in: "Tests") where !Self.material.contains(directory) {
            let hasTest = SourceTree.files(under: "Tests/\(directory)").contains {
                $0.has(extension: "swift") && $0.text?.contains("@Test") == true
            }
            #expect(hasTest, "Tests/\(directory) has no test")
        }
    }

    @Test("Tests mirror the targets")
    func testsMirrorTheTargets() {
        let across = Self.material.union(["CommandTests", "IntegrationTests", "TidyTests"])
        let targets = Set(SourceTree.directories(in: "Sources"))
        for directory in SourceTree.directories(in: "Tests") where !across.contains(directory) {
            #expect(
                directory.hasSuffix("Tests") && targets.contains(String(directory.dropLast("Tests".count))),
                "Tests/\(directory) mirrors no directory of Sources")
        }
        for target in targets where target.hasPrefix("Inferd") {
            #expect(SourceTree.directories(in: "Tests").contains(target + "Tests"), "\(target) has no tests")
        }
    }
}
