import Foundation
import InferdClient
import InferdTestSupport
import InferdWire
import Testing

@testable import inferd_cli

// The test library has a type of this name as well.
private typealias ExitStatus = inferd_cli.ExitStatus

/// The program's commands, from the command line to exit status, against a stand-in for the daemon.
struct ProgramTests {
    private static let history = """
        time,temp,wind
        2013-11-24T00:00:00Z,40,5
        2013-11-24T01:00:00Z,41,6
        2013-11-24T02:00:00Z,42.5,7

        """

    private func predict(
        _ daemon: StandIn, _ arguments: [String] = [], csv: String = history, environment: [String: String] = [:]
    ) throws -> Program {
        let path = try daemon.file("history.csv", csv)
        return try Program.run(
            ["--address", daemon.address, "predict", "--model", "jfk", "--csv", path] + arguments,
            environment: environment)
    }

    /// A failure is told in one line on standard error, and nothing else is written.
    private func expectFailure(
        _ program: Program, _ status: ExitStatus, _ message: String, _ place: SourceLocation = #_sourceLocation
    ) {
        #expect(program.status == status.rawValue, sourceLocation: place)
        #expect(program.errors == "inferd-cli: \(message)\n", sourceLocation: place)
        #expect(program.output.isEmpty, sourceLocation: place)
    }

    // MARK: Ping and models

    @Test func pingSaysHowFast() throws {
        let daemon = try StandIn()
        let once = try Program.run(["ping", "--address", daemon.address])
        #expect(once.status == 0)
        #expect(once.output.hasPrefix("inferd 0.1.0 at \(daemon.address) answered in "))
        let often = try Program.run(["ping", "--count", "5"], environment: ["INFERD_ADDRESS": daemon.address])
        #expect(often.output.hasSuffix(" at worst of 5\n"))
    }

    @Test func modelsAreListed() throws {
        let daemon = try StandIn(covariates: ["!wind"])
        let table = try Program.run(["models"], environment: ["INFERD_ADDRESS": daemon.address])
        #expect(table.status == 0)
        #expect(
            table.output == """
                model   version  state   serves   step  window  horizon       channels or inputs
                broken        1  failed
                jfk          2*  ready   predict  1h         2  3 (up to 24)  temp (degF), wind (known ahead)
                plain        1*  ready   infer                                x float32 [?, 2]
                * the version that requests without one go to
                broken version 1: model.onnx: the checksum is another

                """)
        let json = try Program.run(["--address", daemon.address, "models", "--model", "jfk", "--format", "json"])
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        let models = try #require(object?["models"] as? [[String: Any]])
        #expect(models.count == 1)
        #expect((models[0]["forecast"] as? [String: Any])?["step"] as? String == "1h")
    }

    // MARK: Predict

    @Test func aForecastIsATable() throws {
        let daemon = try StandIn()
        let program = try predict(daemon, ["--horizon", "2", "--quantiles", "0.1,0.9", "--series-id", "JFK"])
        #expect(program.errors.isEmpty)
        #expect(program.status == 0)
        #expect(
            program.output == """
                temp (degF) by jfk version 2, series JFK
                time                       forecast    q0.1    q0.9
                2013-11-23T22:00:00-05:00    42.500  42.600  43.400
                2013-11-23T23:00:00-05:00    42.600  42.700  43.500

                """)
        let query = try #require(daemon.queries.first)
        #expect(query.times == [0, 1, 2].map { 1_385_251_200_000_000 + $0 * 3_600_000_000 })
        #expect(query.channels == ["temp": [40, 41, 42.5]])
        #expect(query.horizon == 2)
        #expect(query.quantiles == [0.1, 0.9])
        #expect(query.seriesID == "JFK")
        #expect(query.actuals.isEmpty)
        #expect(!query.envelope.wantReceipt)
        #expect(query.envelope.timeoutMilliseconds == 5000)
    }

    @Test func formatsForProgramsKeepTheirOutputClean() throws {
        let daemon = try StandIn()
        let actuals = try daemon.file("actuals.csv", "time,temp\n2013-11-24T04:00:00Z,43\n")
        let csv = try predict(daemon, ["--format", "csv", "--actuals", actuals, "--receipt", "--plot"])
        #expect(
            csv.output == """
                time,forecast,actual
                2013-11-24T03:00:00Z,42.5,
                2013-11-24T04:00:00Z,42.6,43.0
                2013-11-24T05:00:00Z,42.7,

                """)
        #expect(csv.errors.contains("metric"))
        #expect(csv.errors.contains("model_predict") == false)
        let json = try predict(daemon, ["--format", "json", "--actuals", actuals, "--receipt", "--timeout", "2s"])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(object["model"] as? String == "jfk")
        #expect((object["forecast"] as? [[String: Any]])?.map { $0["value"] as? Double } == [42.5, 42.6, 42.7])
        #expect(((object["metrics"] as? [String: Any])?["mae"] as? [String: Any])?["points"] as? Int == 1)
        #expect((object["receipt"] as? [String: Any])?["model_us"] as? Double == 30)
        #expect(json.errors.isEmpty)
        #expect(daemon.queries.last?.envelope.timeoutMilliseconds == 2000)
    }

    @Test func actualsAreLaidBesideByTheirTimes() throws {
        let daemon = try StandIn()
        let actuals = try daemon.file(
            "actuals.csv",
            "wind,time,temp\n1,2013-11-24T02:00:00Z,1\n1,2013-11-24T05:00:00Z,44\n1,2013-11-24T03:00:00Z,43\n")
        let program = try predict(
            daemon, ["--actuals", actuals, "--time-column", "time", "--receipt"])
        #expect(
            program.output == """
                temp (degF) by jfk version 2
                time                       forecast  actual   error
                2013-11-23T22:00:00-05:00    42.500  43.000  -0.500
                2013-11-23T23:00:00-05:00    42.600
                2013-11-24T00:00:00-05:00    42.700  44.000  -1.300

                metric   value        points
                mae     0.2500  degF       2
                mape     1.250  %          2

                stage    us    share
                queue  10.0   25.0 %
                model  30.0   75.0 %
                total  40.0  100.0 %
                3 model runs, at most 1 row each, on worker 2

                """)
        let sent = try #require(daemon.queries.first?.actuals)
        #expect(daemon.queries.count == 1)
        #expect(sent.count == 3)
        #expect(sent[0] == 43)
        #expect(sent[1].isNaN)
        #expect(sent[2] == 44)
    }

    @Test func theHistoryCanBeCut() throws {
        let daemon = try StandIn()
        let program = try predict(
            daemon, ["--until", "2013-11-23 20:30", "--last", "1", "--actuals", daemon.path("history.csv")])
        #expect(program.status == 0)
        #expect(daemon.queries.first?.channels == ["temp": [41]])
        #expect(daemon.queries.first?.actuals == [42.5])
    }

    @Test func covariatesComeFromTheirColumns() throws {
        let daemon = try StandIn(covariates: ["humid", "!gust"])
        let history = "time,temp,rh,gust\n2013-11-24T00:00:00Z,40,70,9\n2013-11-24T01:00:00Z,41,71,8\n"
        let future = try daemon.file(
            "future.csv",
            "time,gust\n2013-11-24T02:00:00Z,7\n2013-11-24T03:00:00Z,6\n2013-11-24T04:00:00Z,5\n2013-11-24T05:00:00Z,4\n"
        )
        let program = try predict(daemon, ["--channel", "humid=rh", "--future", future], csv: history)
        #expect(program.errors.isEmpty)
        let query = try #require(daemon.queries.first)
        #expect(query.channels == ["temp": [40, 41], "humid": [70, 71], "gust": [9, 8]])
        #expect(query.future == ["gust": [7, 6, 5]])
        expectFailure(
            try predict(daemon, ["--channel", "humid=rh"], csv: history), .usage,
            "the model reads the future of 'gust'; give a file of it with --future")
        expectFailure(
            try predict(daemon, ["--future", future], csv: history), .data,
            "\(daemon.path("history.csv")) has no column 'humid', which the model reads; name one of 'time', 'temp', 'rh', "
                + "'gust' with --channel humid=COLUMN")
        expectFailure(
            try predict(daemon, ["--channel", "humid=rh", "--future", future, "--horizon", "5"], csv: history), .data,
            "\(future) has no value in column 'gust' at 2013-11-24T06:00:00Z, which the forecast reaches")
    }

    @Test func standardInputIsRead() throws {
        let daemon = try StandIn()
        let program = try Program.run(
            [
                "predict", "--address", daemon.address, "--model", "jfk", "--csv", "-", "--format", "csv", "--horizon",
                "1",
            ],
            input: "when,value\n2013-11-24T00:00:00+01:00,1\n")
        #expect(program.output == "time,forecast\n2013-11-24T00:00:00Z,1.0\n")
    }

    @Test func aPlotIsPlainWhereNothingElseIsKnown() throws {
        let daemon = try StandIn()
        let ascii = try predict(daemon, ["--plot"])
        #expect(ascii.status == 0)
        #expect(ascii.output.utf8.allSatisfy { $0 < 0x80 })
        #expect(ascii.output.contains("+ forecast"))
        #expect(!ascii.output.contains("\u{1B}"))
        let unicode = try predict(daemon, ["--plot"], environment: ["LC_ALL": "C.UTF-8", "COLUMNS": "50"])
        #expect(unicode.output.contains("⠶ forecast"))
        let plot = unicode.output.split(separator: "\n").prefix { !$0.contains("⠒ history") }
        #expect(plot.allSatisfy { $0.count <= 50 }, "\(unicode.output)")
        #expect(plot.contains { $0.count > 45 }, "\(unicode.output)")
    }

    // MARK: Infer

    @Test func tensorsGoThroughFiles() throws {
        let daemon = try StandIn()
        let array = NpyArray(type: .float32, shape: [1, 2], data: [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])
        let bytes = try #require(NpyFile.encode(array))
        let path = daemon.path("x.npy")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let arguments = ["infer", "--address", daemon.address, "--model", "plain", "--input", "x=\(path)"]
        let shown = try Program.run(arguments)
        #expect(shown.output == "plain version 1\nout/x float32 [1, 2]: 1.0 2.0\n")
        let folder = daemon.path("out")
        let written = try Program.run(arguments + ["--output-dir", folder])
        #expect(written.output == "plain version 1\nout/x float32 [1, 2] -> \(folder)/out_x.npy\n")
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/out_x.npy")) == Data(bytes))
        expectFailure(
            try Program.run(arguments + ["--input", "y"]), .usage, "--input 'y': write --input NAME=FILE.npy")
        expectFailure(
            try Program.run(arguments + ["--input", "y=\(daemon.path("none"))"]), .noInput,
            "cannot open \(daemon.path("none")): No such file or directory")
    }

    // MARK: Failures

    @Test func refusalsExitWithOneAndNameTheLine() throws {
        let daemon = try StandIn()
        let csv = "time,temp\n2013-11-24T00:00:00Z,1\n\n2013-11-24T01:00:00Z,2000\n"
        expectFailure(
            try predict(daemon, csv: csv), .refused,
            "INVALID_ARGUMENT: predict.history.channels[0].values[1]: it is too large "
                + "(\(daemon.path("history.csv")), line 4)")
        let long = (0...16_384).map { "\(Zone.utc.text(1_385_251_200_000_000 + Int64($0) * 3_600_000_000)),1\n" }
        expectFailure(
            try predict(daemon, csv: "time,temp\n" + long.joined()), .refused,
            "INVALID_ARGUMENT: predict.history.timestamps_us: more than 16384 elements; send the last rows only with "
                + "--last")
        let path = try daemon.file("h.csv", Self.history)
        for (model, message) in [
            ("none", "NOT_FOUND: no model 'none'; `inferd-cli models` lists them"),
            ("plain", "FAILED_PRECONDITION: plain version 1 does not forecast; `inferd-cli infer` runs it on tensors"),
            (
                "broken",
                "FAILED_PRECONDITION: broken version 1 could not be loaded: model.onnx: the checksum is another"
            ),
        ] {
            let program = try Program.run(["predict", "--address", daemon.address, "--model", model, "--csv", path])
            expectFailure(program, .refused, message)
        }
        for command in ["infer", "models"] {
            expectFailure(
                try Program.run([command, "--address", daemon.address, "--model", "none"]), .refused,
                "NOT_FOUND: no model 'none'; `inferd-cli models` lists them")
        }
    }

    @Test func closedDescriptorsAreNotTakenBySockets() throws {
        let daemon = try StandIn()
        let history = try daemon.file("history.csv", Self.history)
        let arguments = ["--address", daemon.address, "predict", "--model", "jfk", "--csv", history]
        // Were the connection's number that of standard output, the table would go to the daemon.
        expectFailure(
            try Program.run(arguments, redirection: ">&-"), .output,
            "cannot write standard output: Bad file descriptor")
        let silent = try Program.run(arguments, redirection: "2>&-")
        #expect(silent.status == 0)
        let unread = try Program.run(
            ["--address", daemon.address, "predict", "--model", "jfk", "--csv", "-"], redirection: "<&-")
        expectFailure(unread, .noInput, "cannot read standard input: Bad file descriptor")
    }

    @Test func theVersionIsTheProgramsOrTheModels() throws {
        #expect(try Program.run(["--version"]).output == "\(ClientVersion.current)\n")
        let daemon = try StandIn()
        #expect(try predict(daemon, ["--version", "2"]).status == 0)
        expectFailure(
            try predict(daemon, ["--version", "3"]), .refused,
            "NOT_FOUND: no model 'jfk' version 3; `inferd-cli models` lists them")
    }

    @Test func columnNamesAreReadWithoutBlanks() throws {
        let daemon = try StandIn()
        let program = try predict(
            daemon, ["--value-column", "t"], csv: "time, t, wind\n2013-11-24T00:00:00Z, 40, 1\n")
        #expect(program.errors.isEmpty)
        #expect(daemon.queries.first?.channels == ["temp": [40]])
    }

    @Test(arguments: [
        (["predict"], "Missing expected argument '--model <name>'; see inferd-cli predict --help"),
        (["fly"], "Unexpected argument 'fly'; see inferd-cli --help"),
        (["--address", "here", "ping"], "--address: 'here' is no address: expected unix:PATH or tcp:HOST:PORT"),
        (
            ["--timeout", "2", "ping"],
            "'2' is no duration: write a whole number and ms, s, min or h, as in 2s"
        ),
        (["predict", "--model", "m", "--csv", "-", "--horizon", "0"], "--horizon must be at least 1"),
        (
            ["predict", "--model", "m", "--csv", "-", "--actuals", "-"],
            "standard input can be only one of --csv, --future and --actuals"
        ),
        (
            ["predict", "--model", "m", "--csv", "-", "--quantiles", "0.1,2"],
            "--quantiles: '2' is no number between 0 and 1; write 0.1,0.9"
        ),
        (
            ["predict", "--model", "m", "--csv", "-", "--quantiles", ","],
            "--quantiles: '' is no number between 0 and 1; write 0.1,0.9"
        ),
        (["infer", "--model", "m", "--output-dir", ""], "--output-dir names no folder"),
        (
            ["models", "--format", "yaml"],
            "The value 'yaml' is invalid for '--format <format>'. Please provide one of 'table' and 'json'; "
                + "see inferd-cli models --help"
        ),
        (["ping", "--count", "0"], "--count must be from 1 to 1000000"),
    ])
    func wrongUsageExitsWith64(arguments: [String], message: String) throws {
        expectFailure(try Program.run(arguments), .usage, message)
    }

    @Test func theEnvironmentsAddressIsNamedWhenItIsWrong() throws {
        expectFailure(
            try Program.run(["ping"], environment: ["INFERD_ADDRESS": "x"]), .usage,
            "INFERD_ADDRESS: 'x' is no address: expected unix:PATH or tcp:HOST:PORT")
    }

    @Test func anUnreachableDaemonExitsWith69() throws {
        let directory = try TemporaryDirectory()
        let address = "unix:\(directory.appending("s"))"
        let message =
            "cannot reach the daemon at \(address): no such socket; is inferd running, and is this its --listen address?"
        expectFailure(try Program.run(["ping", "--address", address]), .unreachable, message)
        // The option wins over the environment.
        let daemon = try StandIn()
        expectFailure(
            try Program.run(["--address", address, "ping"], environment: ["INFERD_ADDRESS": daemon.address]),
            .unreachable, message)
    }

    @Test func aSilentDaemonExitsWith69() throws {
        let server = try ScriptedServer { _, _ in .goOn }
        expectFailure(
            try Program.run(["ping", "--address", server.address, "--timeout", "20ms"]), .unreachable,
            "\(server.address): no answer from the daemon within 0.02 seconds")
    }

    @Test func badFilesAreRefusedByLine() throws {
        let daemon = try StandIn()
        let path = daemon.path("history.csv")
        func expect(_ csv: String, _ message: String, _ arguments: [String] = []) throws {
            expectFailure(try predict(daemon, arguments, csv: csv), .data, message)
        }
        try expect(
            "time,temp\n2013-11-24T00:00:00Z,\n",
            "\(path), line 2, column 'temp': the value is empty; fill it in, or leave the line out to make a gap")
        try expect("time,temp\n", "\(path) has no rows below its header")
        try expect("time,a,b\n", "\(path) has no column 'temp'; name one of 'time', 'a', 'b' with --value-column")
        try expect(
            "time,temp\n2013-11-24T00:00:00Z,1\n", "\(path) has no row up to the time of --until",
            ["--until", "2013-11-23T00:00:00Z"])
        let clocks = try predict(daemon, csv: "time,temp\n2013-11-03 00:30,1\n2013-11-03 01:30,1\n")
        #expect(clocks.status == ExitStatus.data.rawValue)
        #expect(clocks.errors.hasPrefix("inferd-cli: \(path), line 3, column 'time': `2013-11-03 01:30` comes twice"))
        #expect(clocks.errors.hasSuffix("; choose with --local-times, or add an offset\n"))
        let told = try predict(
            daemon, ["--local-times", "later"], csv: "time,temp\n2013-11-03 01:30,1\n2013-11-03 02:30,1\n")
        #expect(told.status == 0)
        #expect(daemon.queries.last?.times == [1_383_460_200_000_000, 1_383_463_800_000_000])
        let elsewhere = try predict(
            daemon, ["--time-zone", "Europe/Berlin", "--horizon", "1"], csv: "time,temp\n2013-11-03 01:30,1\n")
        #expect(elsewhere.output.contains("2013-11-03T02:30:00+01:00"))
    }
}
