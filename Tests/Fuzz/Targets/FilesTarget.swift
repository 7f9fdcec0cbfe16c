@testable import InferdClient
@testable import inferd_cli

/// The files that `inferd-cli` reads. The input's first byte chooses the kind, the rest is the file.
enum FilesTarget {
    static func run(_ input: [UInt8]) throws(Finding) {
        guard let choice = input.first else { return }
        let content = Array(input.dropFirst())
        if choice % 2 == 0 {
            try readArray(content)
        } else {
            try readTable(content)
        }
    }

    private static func readArray(_ content: [UInt8]) throws(Finding) {
        guard let array = try? NpyFile.decode(content, name: "input") else { return }
        guard let written = NpyFile.encode(array) else {
            throw Finding(description: "an array that was read cannot be written")
        }
        do {
            let again = try NpyFile.decode(written, name: "output")
            try Finding.require(again == array, "\(array) is written as \(again)")
        } catch let error as Finding {
            throw error
        } catch {
            throw Finding(description: "an array that was written cannot be read: \(error)")
        }
    }

    private static func readTable(_ content: [UInt8]) throws(Finding) {
        guard let table = try? CSVParser.parse(content, name: "input") else { return }
        for row in table.rows {
            try Finding.require(row.fields.count == table.header.count, "line \(row.line) has other columns")
            for column in table.header.indices { _ = try? table.optionalNumber(row, column) }
        }
    }
}
