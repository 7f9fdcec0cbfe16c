import Testing

@testable import inferd_cli

struct CSVParserTests {
    private func parse(_ text: String) throws(CommandFailure) -> CSVTable {
        try CSVParser.parse(Array(text.utf8), name: "a.csv")
    }

    private func message(_ text: String) -> String? {
        do throws(CommandFailure) {
            _ = try parse(text)
            return nil
        } catch {
            #expect(error.status == .data)
            return error.message
        }
    }

    @Test func rowsKeepTheirLines() throws {
        let table = try parse("time,temp\n2013-01-01T00:00:00Z,1\n\n2013-01-01T01:00:00Z,2\n")
        #expect(table.header == ["time", "temp"])
        #expect(table.rows.map(\.line) == [2, 4])
        #expect(table.rows.map(\.fields) == [["2013-01-01T00:00:00Z", "1"], ["2013-01-01T01:00:00Z", "2"]])
    }

    @Test func quotedFieldsHoldCommasQuotesAndLineEnds() throws {
        let table = try parse("a,b\r\n\"x, \"\"y\"\"\",\"1\r\n2\"\r\nlast,3")
        #expect(table.rows.map(\.fields) == [["x, \"y\"", "1\r\n2"], ["last", "3"]])
        #expect(table.rows.map(\.line) == [2, 4])
    }

    @Test func aByteOrderMarkIsPassedOver() throws {
        let table = try CSVParser.parse([0xEF, 0xBB, 0xBF] + Array("t,v\n".utf8), name: "a.csv")
        #expect(table.header == ["t", "v"])
        #expect(table.rows.isEmpty)
    }

    @Test func emptyFieldsStay() throws {
        let table = try parse("t,v,w\na,,\n")
        #expect(table.rows[0].fields == ["a", "", ""])
    }

    @Test func errorsNameLineAndColumn() {
        #expect(message("") == "a.csv is empty; its first line must name the columns")
        #expect(message("t,v\n1\n") == "a.csv, line 2: 1 fields, but the header has 2")
        #expect(message("t,v\nx,\"1\n2\n") == "a.csv, line 2, column 2: the quote is never closed")
        #expect(
            message("t,v\nx,a\"b\n") == "a.csv, line 2, column 2: a quote within a field that does not begin with one")
        #expect(message("t,v\n\"x\"y,1\n") == "a.csv, line 2, column 1: text behind the closing quote")
        #expect(message("t,,v\n") == "a.csv, line 1: column 2 has no name")
        #expect(message("t,v,t\n") == "a.csv, line 1: the column 't' stands twice")
        #expect(message("2013-01-01T00:00:00Z,1\n") == "a.csv, line 1: the header is missing; it names the columns")
    }

    @Test func invalidUTF8IsNamedByItsPlace() {
        let bytes = Array("t,v\nx,".utf8) + [0xFF, 0x0A]
        #expect(throws: CommandFailure(.data, "a.csv, line 2, column 2: not valid UTF-8")) {
            try CSVParser.parse(bytes, name: "a.csv")
        }
    }

    @Test func numbersAreFinite() throws {
        let table = try parse("t,v\nx,nan\nx,inf\nx,1e999\nx,abc\nx,\nx, 2.5 \n")
        func failure(_ row: Int) -> String? {
            do throws(CommandFailure) {
                _ = try table.number(table.rows[row], 1)
                return nil
            } catch {
                return error.message
            }
        }
        #expect(failure(0) == "a.csv, line 2, column 'v': 'nan' is not finite")
        #expect(failure(1) == "a.csv, line 3, column 'v': 'inf' is not finite")
        #expect(failure(2) == "a.csv, line 4, column 'v': '1e999' is not finite")
        #expect(failure(3) == "a.csv, line 5, column 'v': 'abc' is not a number")
        #expect(failure(4)?.hasPrefix("a.csv, line 6, column 'v': the value is empty; ") == true)
        #expect(try table.number(table.rows[5], 1) == 2.5)
    }

    @Test func noBytesMakeTheParserTrap() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var state = seed
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        let alphabet = Array("a,\"\r\n0\u{FF}".utf8)
        for _ in 0..<5000 {
            let bytes = (0..<Int(next() % 24)).map { _ in alphabet[Int(next()) % alphabet.count] }
            if let table = try? CSVParser.parse(bytes, name: "a.csv") {
                #expect(table.rows.allSatisfy { $0.fields.count == table.header.count }, "seed \(seed), \(bytes)")
            }
        }
    }
}
