import Testing

/// Which room may look into which.
struct ImportTests {
    @Test("Every directory of Sources stands in the import table, and nothing else does")
    func everyTargetStandsInTheTable() {
        let listed = Set(ImportTable.rows.keys).union(ImportTable.targetsInC).union(ImportTable.systemLibraries)
        #expect(Set(SourceTree.directories(in: "Sources")) == listed)
    }

    @Test("Imports keep to the table", arguments: ImportTable.rows.keys.sorted())
    func importsKeepToTheTable(target: String) throws {
        let row = try #require(ImportTable.rows[target])
        let allowed = row.ours.union(row.others).union(ImportTable.everywhere)
        for file in SourceTree.files(under: "Sources/\(target)") where file.has(extension: "swift") {
            for (number, line) in file.lines.enumerated() {
                guard let module = Self.module(importedBy: line), !allowed.contains(module) else { continue }
                Issue.record("\(file.path):\(number + 1): \(target) may not import \(module)")
            }
        }
    }

    @Test("The data path does without Foundation")
    func dataPathDoesWithoutFoundation() {
        for file in ImportTable.foldersWithoutFoundation.flatMap(SourceTree.files(under:)) {
            for line in file.lines where Self.module(importedBy: line)?.hasPrefix("Foundation") == true {
                Issue.record("\(file.path) is on the data path and imports Foundation")
            }
        }
    }

    @Test("docs/ARCHITECTURE.md shows the same table", .enabled(if: Self.architecture != nil))
    func architectureShowsTheSameTable() throws {
        let architecture = try #require(Self.architecture)
        var shown: [String: Set<String>] = [:]
        for line in architecture.lines where line.hasPrefix("| `") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { Self.names(in: $0) }
            // An empty cell before the first bar: target, duty, imports, and what follows the last bar.
            guard cells.count == 5, let target = cells[1].first, ImportTable.rows[target] != nil else { continue }
            shown[target] = Set(cells[3])
        }
        for (target, row) in ImportTable.rows {
            #expect(shown[target] == row.ours.union(row.others), "the row of \(target)")
        }
    }

    @Test("An import is found whatever stands before the module's name")
    func importsAreFoundInEveryForm() {
        #expect(Self.module(importedBy: "import InferdBase") == "InferdBase")
        #expect(Self.module(importedBy: "package import InferdBase") == "InferdBase")
        #expect(Self.module(importedBy: "@_spi(Testing) @testable private import CLinux // why") == "CLinux")
        #expect(Self.module(importedBy: "import struct Foundation.Date") == "Foundation")
        #expect(Self.module(importedBy: "    import Glibc") == "Glibc")
        #expect(Self.module(importedBy: "// import InferdBase") == nil)
        #expect(Self.module(importedBy: "let text = \"an import of goods\"") == nil)
        #expect(Self.module(importedBy: "#if canImport(Glibc)") == nil)
    }

    private static let architecture = SourceTree.files.first { $0.path == "docs/ARCHITECTURE.md" }

    /// The module that a line of Swift imports.
    static func module(importedBy line: some StringProtocol) -> String? {
        let before: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        var words = String(line).split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
        while let word = words.first, before.contains(word) || word.hasPrefix("@") { words = words.dropFirst() }
        guard words.first == "import" else { return nil }
        words = words.dropFirst()
        if let kind = words.first, kinds.contains(kind) { words = words.dropFirst() }
        return words.first?.split(separator: ".").first.map(String.init)
    }

    /// Texts between backquotes.
    private static func names(in cell: Substring) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}
