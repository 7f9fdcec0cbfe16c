import Glibc
import InferdBase

/// Starts the servers that are measured: the daemon and the echo, both from the directory of the
/// benchmark's own binary.
struct Servers {
    let binaries: String
    let scratch: ScratchDirectory

    /// The ONNX Runtime library, the same for the daemon and for this process: that of the environment,
    /// or the one beside the binaries.
    var onnxRuntime: String {
        // SAFETY: copied at once, on the only thread that changes the environment.
        guard let path = unsafe getenv("INFERD_ONNXRUNTIME"), unsafe path.pointee != 0 else {
            return "\(binaries)/libonnxruntime.so"
        }
        return unsafe String(cString: path)
    }

    /// The daemon with the models of a repository, on a Unix socket and a TCP port at once.
    ///
    /// - Parameter events: where its events go: a folder of its own unless given.
    func startDaemon(
        models: String, label: String, arguments: [String] = [], events: String? = nil
    ) throws(BenchError) -> Daemon {
        let socket = "\(scratch.path)/\(label).sock"
        let process = try ChildProcess(
            path: "\(binaries)/inferd",
            arguments: [
                "--models", models, "--listen", "unix:\(socket)", "--listen", "tcp:127.0.0.1:0",
                "--onnxruntime", onnxRuntime, "--events",
                events ?? "\(scratch.path)/\(label).events",
            ] + arguments,
            logPath: "\(scratch.path)/\(label).log")
        let ready = try process.waitForLine(with: "\"ready\"")
        guard let port = Self.port(in: ready.line) else {
            throw BenchError("the daemon's ready line names no TCP port: \(ready.line)")
        }
        return Daemon(
            process: process, unix: .unix(path: socket), tcp: .tcp(host: "127.0.0.1", port: port),
            secondsToReady: ready.seconds)
    }

    /// The echo on one socket. `replyMessageBytes` answers every frame with one of that size instead of
    /// its own bytes.
    func startEcho(
        on transport: Transport, replyMessageBytes: Int? = nil, label: String
    ) throws(BenchError) -> (process: ChildProcess, endpoint: Endpoint) {
        let socket = "\(scratch.path)/\(label).sock"
        let process = try ChildProcess(
            path: "\(binaries)/inferd-bench-echo",
            arguments: [transport == .unix ? "unix:\(socket)" : "tcp:0"]
                + (replyMessageBytes.map { [String($0)] } ?? []),
            logPath: "\(scratch.path)/\(label).log")
        let ready = try process.waitForLine(with: "ready")
        guard let port = ready.line.split(separator: " ").last.flatMap({ UInt16($0) }) else {
            throw BenchError("the echo's ready line names no port: \(ready.line)")
        }
        return (process, transport == .unix ? .unix(path: socket) : .tcp(host: "127.0.0.1", port: port))
    }

    /// A Kafka broker in a process of its own, librdkafka's mock cluster: its process and `host:port`.
    func startBroker(label: String) throws(BenchError) -> (process: ChildProcess, address: String) {
        let process = try ChildProcess(
            path: "\(binaries)/inferd-kafka-mock", arguments: [], logPath: "\(scratch.path)/\(label).log",
            holdsInput: true)
        let ready = try process.waitForLine(with: "ready")
        guard let address = ready.line.split(separator: " ").last else {
            throw BenchError("the broker's ready line names no address: \(ready.line)")
        }
        return (process, String(address))
    }

    /// The port behind `tcp:127.0.0.1:` in the daemon's ready line.
    static func port(in line: String) -> UInt16? {
        let marker = "tcp:127.0.0.1:"
        var rest = line[...]
        while !rest.isEmpty {
            if rest.hasPrefix(marker) {
                return UInt16(rest.dropFirst(marker.count).prefix { $0.isASCII && $0.isNumber })
            }
            rest = rest.dropFirst()
        }
        return nil
    }
}
