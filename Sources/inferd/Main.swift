import ArgumentParser
import FoundationEssentials
import Glibc
import InferdBase
import InferdJournal
import InferdServer
import Logging

/// The program's entry: runs the daemon, and tells a mistake on the command line in one line.
@main
enum Main {
    static func main() {
        StandardDescriptors.reserve()
        do {
            let daemon = try Daemon.parse()
            try daemon.run()
        } catch {
            // Help and version come as errors, too; a failed start has been logged.
            guard Daemon.exitCode(for: error) == .validationFailure else { Daemon.exit(withError: error) }
            var message = Daemon.message(for: error)
            if message.hasSuffix(".") { message.removeLast() }
            let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
            // SAFETY: the bytes are the array's own, for the time of the call.
            _ = unsafe Array("inferd: \(line); see inferd --help\n".utf8).withUnsafeBytes { bytes in
                unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count)
            }
            Daemon.exit(withError: ExitCode.validationFailure)
        }
    }
}

/// What the command line says, and what the daemon does.
struct Daemon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inferd",
        abstract: "Serves time-series forecasts and ONNX models over a Unix socket or TCP.",
        discussion: """
            Flags win over the environment (INFERD_MODELS, INFERD_LISTEN, INFERD_WORKERS, \
            INFERD_ONNXRUNTIME, INFERD_EVENTS), which wins over the configuration file.
            """,
        version: Version.current)

    @Option(help: ArgumentHelp("Folder of the model repository.", valueName: "dir"))
    var models: String?

    @Option(
        help: ArgumentHelp("Where to listen: unix:PATH or tcp:HOST:PORT; may be repeated.", valueName: "address"))
    var listen: [String] = []

    @Option(help: ArgumentHelp("Configuration file (YAML).", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Worker threads: a number, or auto for one a processor.", valueName: "n"))
    var workers: String?

    @Option(name: .customLong("onnxruntime"), help: ArgumentHelp("The ONNX Runtime library.", valueName: "file"))
    var onnxRuntime: String?

    @Option(
        help: ArgumentHelp(
            "Folder of the forecasts' events, or off; by default inferd/events in the user's folder of states.",
            valueName: "dir"))
    var events: String?

    @Flag(help: "Check flags, environment and configuration file, and exit.")
    var checkConfig = false

    func run() throws {
        ProcessSetup.prepare()
        let settings = try resolve(environment: ProcessInfo.processInfo.environment)
        let level = JSONLogHandler.level(named: settings.logLevel) ?? .info
        LoggingSystem.bootstrap { _ in JSONLogHandler(level: level) }
        let logger = Logger(label: "inferd")
        if checkConfig {
            do throws(ServerError) {
                try settings.check()
            } catch {
                throw ValidationError(error.message)
            }
            print("the configuration is sound")
            return
        }
        let signals = StopSignals()
        let startedAt = MonotonicTime.now()
        let stop = Stop(logger: logger)
        let server: Server
        do throws(ServerError) {
            try signals.watch { stop.ask($0) }
            server = try Server(settings, logger: logger, willListen: stop.beginListening)
            stop.serve(server)
        } catch {
            logger.critical("cannot start", metadata: ["reason": .string(error.message)])
            throw ExitCode.failure
        }
        logger.info(
            "ready",
            metadata: [
                "listen": .array(server.endpoints.map { .string($0.description) }),
                "models": .stringConvertible(server.modelsReady),
                "models_failed": .stringConvertible(server.modelsFailed),
                "workers": .stringConvertible(server.workerCount),
                "version": .string(Version.current),
                "start_ms": .stringConvertible(MonotonicTime.now().nanoseconds(since: startedAt) / 1_000_000),
            ])
        server.waitUntilStopped()
        logger.info("stopped")
    }

    /// What the daemon is to do, from file, environment and flags.
    private func resolve(environment: [String: String]) throws -> ServerConfiguration {
        // A variable that is set to nothing says nothing.
        let environment = environment.filter { !$0.value.isEmpty }
        var settings = ServerConfiguration()
        settings.events.isEnabled = true
        if let path = config {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ValidationError("cannot read the configuration file \(path)")
            }
            guard let text = String(validating: data, as: UTF8.self) else {
                throw ValidationError("the configuration file \(path) is not UTF-8")
            }
            do {
                try settings.apply(yaml: text)
            } catch {
                throw ValidationError("\(path): \(error)")
            }
        }
        if let path = models ?? environment["INFERD_MODELS"] {
            settings.modelsPath = path
        }
        let addresses = listen.isEmpty ? environment["INFERD_LISTEN"].map { [$0] } ?? [] : listen
        if !addresses.isEmpty {
            do {
                settings.listen = try addresses.map { try Endpoint(parsing: $0) }
            } catch {
                throw ValidationError("\(listen.isEmpty ? "INFERD_LISTEN" : "--listen"): \(error)")
            }
        }
        if let text = workers ?? environment["INFERD_WORKERS"] {
            guard let count = ServerConfiguration.workers(parsing: text) else {
                let range = "auto or a number from 1 to \(ServerConfiguration.maximumWorkers)"
                throw ValidationError(
                    "\(workers == nil ? "INFERD_WORKERS" : "--workers"): expected \(range), found '\(text)'")
            }
            settings.workers = count
        }
        if let path = onnxRuntime ?? environment["INFERD_ONNXRUNTIME"] {
            settings.onnxRuntimePath = path
        }
        if let folder = events ?? environment["INFERD_EVENTS"] {
            settings.events.isEnabled = folder != "off"
            settings.events.directory = folder
        } else if settings.events.isEnabled, settings.events.directory.isEmpty {
            settings.events.directory = EventFolder.standard { environment[$0] }?.path ?? ""
        }
        if settings.modelsPath.isEmpty {
            throw ValidationError("no model repository: give --models DIR")
        }
        if settings.listen.isEmpty {
            throw ValidationError("nowhere to listen: give --listen unix:PATH or --listen tcp:HOST:PORT")
        }
        return settings
    }
}
