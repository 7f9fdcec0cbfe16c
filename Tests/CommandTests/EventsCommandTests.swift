import Foundation
import InferdBase
import InferdTestSupport
import InferdWire
import Testing

@testable import inferd_cli

// The test library has a type of this name as well.
private typealias ExitStatus = inferd_cli.ExitStatus

/// `inferd-cli events` over files as the daemon writes them.
struct EventsCommandTests {
    private func events(_ spool: EventSpool, _ arguments: [String] = []) throws -> Program {
        try Program.run(["events", "--dir", spool.path] + arguments)
    }

    @Test func eventsAreShownTheOldestFirst() throws {
        let spool = try EventSpool()
        try spool.addPrediction()
        try spool.addAccuracy()
        try spool.addPrediction(model: "lga", series: "", created: EventSpool.start + 1_500_000)
        let program = try events(spool)
        #expect(program.status == 0)
        #expect(program.errors.isEmpty)
        let forecast = "2 points from 2013-11-24T07:00:00Z: 40.500 to 41.250, MAE 0.2500"
        #expect(
            program.output == """
                created                      model             series                event
                2013-11-24T06:00:00Z         jfk 2             nyc                   \(forecast)
                2013-11-24T06:00:00Z         jfk 2             nyc                   accuracy 1 to 6 steps ahead, MAE 1.500
                2013-11-24T06:00:01.5Z       lga 2                                   \(forecast)

                """)
    }

    @Test func csvHasALineForEachPointAndQuantile() throws {
        let spool = try EventSpool()
        try spool.addPrediction(series: "a, \"b\"")
        try spool.addAccuracy()
        let start =
            "00000000000000010000000000000002-3-1,2013-11-24T06:00:00Z,jfk,2,\"a, \"\"b\"\"\",2013-11-24T06:00:00Z"
        #expect(
            try events(spool, ["--format", "csv"]).output == """
                event_id,created,model,version,series_id,window_end,time,quantile,value
                \(start),2013-11-24T07:00:00Z,,40.5
                \(start),2013-11-24T07:00:00Z,0.9,42.0
                \(start),2013-11-24T08:00:00Z,,41.25
                \(start),2013-11-24T08:00:00Z,0.9,43.5

                """)
    }

    @Test func jsonIsOneObjectALine() throws {
        let spool = try EventSpool()
        try spool.addPrediction()
        try spool.addAccuracy()
        let lines = try events(spool, ["--format", "json"]).output.split(separator: "\n")
        #expect(lines.count == 2)
        let objects = try lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(objects[0]["series_id"] as? String == "nyc")
        #expect(objects[0]["values"] as? [Double] == [40.5, 41.25])
        #expect(objects[0]["dead_letter_reason"] == nil)
        #expect(objects[1]["horizon_to"] as? Int == 6)
    }

    @Test func deadLettersSayWhy() throws {
        let spool = try EventSpool()
        try spool.addPrediction(reason: "message \"too\" large")
        let line = try events(spool, ["--format", "json"]).output
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(object?["dead_letter_reason"] as? String == "message \"too\" large")
        #expect(try events(spool).output.hasSuffix("; not published: message \"too\" large\n"))
    }

    @Test func eventsAreChosenByModelSeriesAndAge() throws {
        let spool = try EventSpool()
        let now = WallClock.now()
        try spool.addPrediction(series: "one", created: now - 7_000_000_000)
        try spool.addPrediction(series: "two", created: now - 60_000_000)
        try spool.addPrediction(model: "lga", series: "two", created: now)
        func count(_ arguments: [String]) throws -> Int {
            try events(spool, ["--format", "json"] + arguments).output.split(separator: "\n").count
        }
        #expect(try count([]) == 3)
        #expect(try count(["--series", "two"]) == 2)
        #expect(try count(["--series", "tw"]) == 0)
        #expect(try count(["--model", "lga"]) == 1)
        #expect(try count(["--model", "jfk", "--series", "two"]) == 1)
        #expect(try count(["--since", "1h"]) == 2)
        #expect(try count(["--since", "30s"]) == 1)
        #expect(try count(["--since", "48h"]) == 3)
        let wrong = try events(spool, ["--since", "yesterday"])
        #expect(wrong.status == ExitStatus.usage.rawValue)
        #expect(wrong.errors.hasPrefix("inferd-cli: 'yesterday' is no duration"))
    }

    @Test func namesCannotMoveTheCursor() throws {
        let spool = try EventSpool()
        try spool.addPrediction(series: "a\u{1B}[2Jb\n\u{202E}c")
        #expect(try events(spool).output.contains("  a\u{FFFD}[2Jb\u{FFFD}\u{FFFD}c  "))
    }

    @Test func eventsThatComeAreFollowed() throws {
        let spool = try EventSpool()
        try spool.addPrediction(series: "before")
        let process = Process()
        process.executableURL = Program.url(of: "inferd-cli")
        process.arguments = ["events", "--dir", spool.path, "--follow"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        // Ends the wait below, should nothing come.
        let watchdog = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + 30, execute: watchdog)
        defer {
            watchdog.cancel()
            // The program may have inherited that other signals are held back.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        func waits(for text: String) -> Bool {
            var seen = ""
            while !seen.contains(text) {
                let data = output.fileHandleForReading.availableData
                if data.isEmpty { return false }
                seen += String(decoding: data, as: UTF8.self)
            }
            return true
        }
        #expect(waits(for: "before"))
        for name in ["first", "second"] {
            try spool.addPrediction(series: name)
            #expect(waits(for: name))
        }
    }

    @Test func whatCannotBeShownIsCounted() throws {
        let spool = try EventSpool()
        let noise: [UInt8] = [0xFF, 0xFF, 0xFF]
        try unsafe spool.add(.prediction, noise.span.bytes)
        try unsafe spool.add(nil, noise.span.bytes)
        try spool.addPrediction()
        try spool.addPrediction()
        try spool.damageLastBlock()
        let program = try events(spool)
        #expect(program.status == 0)
        #expect(program.output.split(separator: "\n").count == 2)
        #expect(
            program.errors == """
                inferd-cli: not shown: damaged blocks: 1, records that are no events this program knows: 2

                """)
    }

    @Test func verifyFindsAnIntactSpoolIntact() throws {
        let spool = try EventSpool()
        for _ in 0..<3 { try spool.addPrediction() }
        let program = try Program.run(["events", "verify", spool.path])
        #expect(program.status == 0)
        #expect(
            program.output == """
                found                                          count
                segments                                           1
                blocks                                             3
                records                                            3
                damaged blocks                                     0
                records in damaged blocks, as far as is known      0
                damaged headers of segments                        0
                missing blocks                                     0
                blocks written twice                               0
                bytes after the last whole blocks                  0
                segments of unknown versions                       0
                intact

                """)
    }

    @Test func verifyFindsDamage() throws {
        let spool = try EventSpool()
        for _ in 0..<3 { try spool.addPrediction() }
        try spool.damageLastBlock()
        let program = try Program.run(["events", "verify", spool.path, "--format", "json"])
        #expect(program.status == ExitStatus.data.rawValue)
        #expect(program.errors == "inferd-cli: \(spool.path) is not intact\n")
        let object = try JSONSerialization.jsonObject(with: Data(program.output.utf8)) as? [String: Any]
        #expect(object?["intact"] as? Bool == false)
        #expect(object?["damaged_blocks"] as? Int == 1 && object?["damaged_records"] as? Int == 1)
        #expect(object?["records"] as? Int == 2)
    }

    @Test func aDirectoryThatIsNotThereIsNamed() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("none")
        for arguments in [["events", "verify", path], ["events", "--dir", path]] {
            let program = try Program.run(arguments)
            #expect(program.status == ExitStatus.noInput.rawValue)
            #expect(program.errors == "inferd-cli: there is no directory \(path)\n")
        }
        let program = try Program.run(["events"], environment: ["INFERD_EVENTS": path])
        #expect(program.errors == "inferd-cli: there is no directory \(path)\n")
    }
}
