import Foundation
import InferdBase
import InferdTestSupport
import Testing

/// What the daemon is told by flags, environment and file.
struct SettingsTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func file(_ text: String) throws -> String {
        let path = directory.appending("config.yaml")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// The run must have ended as a usage error, told in one line.
    private func expectUsageError(_ run: DaemonRun, _ texts: [String], _ place: SourceLocation = #_sourceLocation) {
        #expect(run.status == 64, "\(run)", sourceLocation: place)
        #expect(run.output.isEmpty, sourceLocation: place)
        #expect(run.errors.hasPrefix("inferd: "), sourceLocation: place)
        #expect(run.errors.count { $0 == "\n" } == 1 && run.errors.hasSuffix("\n"), "\(run)", sourceLocation: place)
        for text in texts { #expect(run.errors.contains(text), "\(run)", sourceLocation: place) }
    }

    @Test(arguments: [
        (["--models"], "--models"),
        (["--models", "/", "--listen", "tcp:127.0.0.1"], "port"),
        (["--models", "/", "--listen", "tcp:127.0.0.1:99999"], "65535"),
        (["--models", "/", "--listen", "unix:/tmp/never", "--workers", "65"], "64"),
    ])
    func wrongFlagsAreToldInOneLine(flags: [String], text: String) throws {
        expectUsageError(try DaemonRun(flags), [text])
    }

    @Test func theVersionIsPrinted() throws {
        let run = try DaemonRun(["--version"])
        #expect(run.status == 0)
        #expect(run.output == "\(Version.current)\n")
        #expect(run.errors.isEmpty)
    }

    @Test func aSoundConfigurationIsCheckedWithoutServing() throws {
        let path = try file(
            """
            models: /nonexistent
            listen: [unix:\(directory.appending("s")), tcp:127.0.0.1:0]
            workers: auto
            frame_bytes: 2097152
            inline_budget_us: 0
            drain_grace_ms: 0
            allow_remote: true
            log_level: warning
            events:
              enabled: true
              directory: /nonexistent
              sink: kafka
              on_full: reject
              ring_bytes: 16777216
              fsync: true
              dedupe_ms: 0
              include_inputs: true
              format: json
              spool: {max_bytes: 1048576, max_age_ms: 86400000}
              kafka:
                brokers: "127.0.0.1:1"
                topic: model-selected
                properties: {linger.ms: 20}
            """)
        let run = try DaemonRun(["--config", path, "--check-config"])
        #expect(run.status == 0, "\(run)")
        #expect(run.output.contains("sound"))
        #expect(!FileManager.default.fileExists(atPath: directory.appending("s")))
    }

    @Test(arguments: [
        ("models: /\nspeed: high", ["line 2", "unknown key 'speed'"]),
        ("models: /\nworkers: 0", ["line 2", "'workers'", "found '0'"]),
        ("workers: many", ["line 1", "'workers'", "found 'many'"]),
        ("\n\nframe_bytes: 10", ["line 3", "'frame_bytes'", "2097152", "found '10'"]),
        // Less than the longest forecast that `hello` promises.
        ("frame_bytes: 65536", ["line 1", "'frame_bytes'", "2097152", "found '65536'"]),
        ("frame_bytes: 9999999999999999999999", ["line 1", "'frame_bytes'"]),
        ("drain_grace_ms: -1", ["line 1", "'drain_grace_ms'", "found '-1'"]),
        ("inline_budget_us: soon", ["line 1", "'inline_budget_us'"]),
        ("allow_remote: maybe", ["line 1", "'allow_remote'", "found 'maybe'"]),
        ("log_level: loud", ["line 1", "'log_level'", "found 'loud'"]),
        ("events: on", ["line 1", "'events'", "expected keys and values"]),
        ("events: {speed: 1}", ["line 1", "unknown key 'events.speed'"]),
        ("events: {on_full: block}", ["line 1", "'events.on_full'", "drop, reject", "found 'block'"]),
        ("events: {format: xml}", ["line 1", "'events.format'", "protobuf, json"]),
        ("events: {ring_bytes: 10}", ["line 1", "'events.ring_bytes'"]),
        ("events:\n  spool: {max_bytes: 0}", ["line 2", "'events.spool.max_bytes'"]),
        ("events:\n  kafka:\n    broker: x", ["line 3", "unknown key 'events.kafka.broker'"]),
        ("listen:\n- unix:/tmp/never\n- udp:1", ["line 3", "'listen'", "'udp:1'"]),
        ("models: [a, b]", ["line 1", "'models'", "found a list"]),
        ("models: /\nmodels: /", ["models"]),
        ("- a", ["expected keys and values"]),
        ("a: [", ["no YAML"]),
    ])
    func anUnsoundConfigurationIsToldByKeyAndLine(text: String, texts: [String]) throws {
        let path = try file(text)
        let run = try DaemonRun(["--config", path, "--check-config", "--listen", "unix:/tmp/never"])
        expectUsageError(run, texts + [path])
    }

    @Test(arguments: [
        ("events: {ring_bytes: 5000000}", "power of two"),
        ("events: {sink: kafka}", "'events.kafka.brokers' is not given"),
    ])
    func eventsThatCannotBeRecordedAreRefused(text: String, message: String) throws {
        let run = try DaemonRun(
            ["--config", file(text), "--check-config", "--models", "/", "--listen", "unix:/tmp/never"],
            environment: ["INFERD_EVENTS": directory.appending("events")])
        expectUsageError(run, [message])
    }

    @Test(arguments: [
        ("{speed: 1}", "there is no property speed"),
        ("{linger.ms: soon}", "the value of linger.ms"),
        ("{sasl.password_file: /nonexistent}", "sasl.password"),
    ])
    func propertiesOfKafkaAreCheckedAtTheStart(properties: String, message: String) throws {
        let folder = try ModelFolder()
        let path = try file("events: {kafka: {brokers: '127.0.0.1:1', properties: \(properties)}}")
        let run = try DaemonRun(
            ["--config", path, "--models", folder.path, "--listen", "unix:\(directory.appending("s"))"],
            environment: ["INFERD_EVENTS": directory.appending("events")])
        #expect(run.status == 1)
        #expect(run.errors.contains(message), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: directory.appending("events")))
    }

    @Test func aConfigurationThatIsNoTextIsRefused() throws {
        let path = directory.appending("config.yaml")
        try Data([0x6D, 0xFF, 0xFE]).write(to: URL(fileURLWithPath: path))
        expectUsageError(try DaemonRun(["--config", path]), ["UTF-8"])
    }

    @Test func flagsWinOverTheEnvironmentWhichWinsOverTheFile() throws {
        let folder = try ModelFolder()
        try folder.addPlain("linear")
        let empty = try ModelFolder()
        let path = try file(
            "models: \(empty.path)\nlisten: unix:\(directory.appending("file"))\nworkers: 1\n")
        let variables = [
            "INFERD_MODELS": folder.path, "INFERD_LISTEN": "unix:\(directory.appending("variable"))",
            "INFERD_WORKERS": "2",
        ]
        /// What the daemon says when it is ready.
        func start(_ flags: [String], _ variables: [String: String]) throws -> String {
            try DaemonProcess(
                directory: directory, flags: ["--config", path, "--events", "off"] + flags, environment: variables
            ).waitUntilReady()
        }
        let byFile = try start([], [:])
        #expect(byFile.contains("\"workers\":1,") || byFile.contains("\"workers\":1}"), "\(byFile)")
        #expect(byFile.contains("unix:\(directory.appending("file"))\""))
        #expect(byFile.contains("\"models\":0"))
        let byVariables = try start([], variables)
        #expect(byVariables.contains("\"workers\":2"), "\(byVariables)")
        #expect(byVariables.contains("unix:\(directory.appending("variable"))\""))
        #expect(byVariables.contains("\"models\":1"))
        let byFlags = try start(
            ["--workers", "3", "--listen", "unix:\(directory.appending("flag"))", "--models", empty.path], variables)
        #expect(byFlags.contains("\"workers\":3"), "\(byFlags)")
        #expect(byFlags.contains("unix:\(directory.appending("flag"))\""))
        #expect(byFlags.contains("\"models\":0"))
    }
}
