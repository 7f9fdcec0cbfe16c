import Foundation
import InferdTestSupport
import Testing

/// The daemon's command line, as far as it ends without serving.
struct DaemonProgramTests {
    @Test(
        arguments: [
            ([], [:], "no model repository: give --models DIR"),
            (["--models", "m"], [:], "nowhere to listen: give --listen unix:PATH or --listen tcp:HOST:PORT"),
            (["--bogus"], [:], "Unknown option '--bogus'"),
            (["extra"], [:], "Unexpected argument 'extra'"),
            (
                ["--models", "m", "--listen", "x"], [:],
                "--listen: 'x' is no address: expected unix:PATH or tcp:HOST:PORT"
            ),
            (
                ["--models", "m"], ["INFERD_LISTEN": "x"],
                "INFERD_LISTEN: 'x' is no address: expected unix:PATH or tcp:HOST:PORT"
            ),
            (["--workers", "0"], [:], "--workers: expected auto or a number from 1 to 64, found '0'"),
            ([], ["INFERD_WORKERS": "many"], "INFERD_WORKERS: expected auto or a number from 1 to 64, found 'many'"),
            (["--config", "/nowhere/x.yaml"], [:], "cannot read the configuration file /nowhere/x.yaml"),
            (
                ["--models", "m", "--listen", "tcp:0.0.0.0:1", "--check-config"], [:],
                "tcp:0.0.0.0:1 can be reached from other hosts, without encryption or a token: listen on 127.0.0.1, or "
                    + "set allow_remote: true"
            ),
        ] as [([String], [String: String], String)])
    func wrongUsageIsToldInOneLine(arguments: [String], environment: [String: String], message: String) throws {
        let program = try Program.run(arguments, of: "inferd", environment: environment)
        #expect(program.status == 64)
        #expect(program.errors == "inferd: \(message); see inferd --help\n")
        #expect(program.output.isEmpty)
    }

    @Test func emptyVariablesSayNothing() throws {
        let program = try Program.run(
            ["--models", "m", "--listen", "unix:/tmp/s", "--check-config"], of: "inferd",
            environment: ["INFERD_LISTEN": "", "INFERD_WORKERS": "", "INFERD_MODELS": "", "INFERD_ONNXRUNTIME": ""])
        #expect(program.status == 0)
        #expect(program.output == "the configuration is sound\n")
    }

    @Test func unknownKeysAreNamedByLine() throws {
        let directory = try TemporaryDirectory()
        let path = directory.appending("inferd.yaml")
        try Data("models: m\nlisten: unix:/tmp/s\nport: 1\n".utf8).write(to: URL(fileURLWithPath: path))
        let program = try Program.run(["--config", path, "--check-config"], of: "inferd")
        #expect(program.status == 64)
        #expect(program.errors == "inferd: \(path): the configuration, line 3: unknown key 'port'; see inferd --help\n")
    }

    @Test func whatKeepsItFromStartingIsLoggedWithTheDay() throws {
        let program = try Program.run(
            ["--models", "/nowhere", "--listen", "unix:/tmp/s"], of: "inferd",
            environment: ["INFERD_ONNXRUNTIME": OnnxRuntimeLocation.path])
        #expect(program.status == 1)
        let record = try #require(
            try JSONSerialization.jsonObject(with: Data(program.errors.utf8)) as? [String: String])
        #expect(record["level"] == "critical")
        #expect(record["reason"]?.contains("/nowhere") == true)
        let time = try #require(record["time"])
        let pattern = /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z/
        #expect(time.wholeMatch(of: pattern) != nil, "\(time)")
    }

    @Test func theEngineCollectsNothingAboutItsUser() throws {
        let home = try TemporaryDirectory()
        let program = try Program.run(
            ["--models", "/nowhere", "--listen", "unix:/tmp/s"], of: "inferd",
            environment: [
                "INFERD_ONNXRUNTIME": OnnxRuntimeLocation.path, "HOME": home.path, "XDG_CACHE_HOME": home.path,
            ])
        // It came as far as the repository, which is opened after the engine.
        #expect(program.errors.contains("the model repository cannot be opened"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.path).isEmpty)
    }

    @Test func aClosedErrorOutputIsNotTaken() throws {
        let directory = try TemporaryDirectory()
        let socket = directory.appending("s")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "exec \"$0\" \"$@\" 2>&-", DaemonProcess.productDirectory.appendingPathComponent("inferd").path,
            "--models", directory.path, "--listen", "unix:\(socket)", "--onnxruntime", OnnxRuntimeLocation.path,
            "--events", "off",
        ]
        try process.run()
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        let end = Date(timeIntervalSinceNow: 60)
        while !FileManager.default.fileExists(atPath: socket), process.isRunning, Date.now < end { usleep(2_000) }
        let target = try FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/\(process.processIdentifier)/fd/2")
        #expect(target == "/dev/null")
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
