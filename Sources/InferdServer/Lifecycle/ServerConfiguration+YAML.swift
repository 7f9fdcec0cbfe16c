import InferdBase
import Yams

extension ServerConfiguration {
    /// Takes over what the YAML text of a configuration file says. Unknown keys, repeated keys and
    /// values of the wrong kind are errors that name key and line.
    package mutating func apply(yaml text: String) throws(ServerError) {
        let document: Node?
        do {
            document = try Yams.compose(yaml: text)
        } catch {
            throw ServerError("the configuration is no YAML: \(error)")
        }
        guard let document else { return }
        guard case .mapping(let mapping) = document else {
            throw ServerError("the configuration: expected keys and values, found something else")
        }
        for (key, value) in mapping {
            guard case .scalar(let name) = key else {
                throw ServerError("the configuration\(key.place): expected a key, found a structure")
            }
            try apply(key: name.string, value: value)
        }
    }

    private mutating func apply(key: String, value: Node) throws(ServerError) {
        switch key {
        case "models":
            modelsPath = try value.text(key)
        case "listen":
            listen = try value.endpoints(key)
        case "workers":
            workers = try value.workers(key)
        case "onnxruntime":
            onnxRuntimePath = try value.text(key)
        case "frame_bytes":
            frameBytes = try value.integer(key, in: Limits.minimumFrameBytes...Limits.maximumFrameBytes)
        case "inline_budget_us":
            inlineBudgetMicroseconds = try value.integer(key, in: 0...100_000)
        case "drain_grace_ms":
            drainGraceMilliseconds = try value.integer(key, in: 0...3_600_000)
        case "allow_remote":
            guard let flag = value.bool else { throw value.mismatch(key, "true or false") }
            allowRemote = flag
        case "log_level":
            logLevel = try value.text(key)
            guard JSONLogHandler.level(named: logLevel) != nil else {
                throw value.mismatch(key, "one of \(JSONLogHandler.levelNames)")
            }
        default:
            throw ServerError("the configuration\(value.place): unknown key '\(key)'")
        }
    }

    /// A worker count as flags and files give it.
    package static func workers(parsing text: String) -> WorkerCount? {
        if text == "auto" { return .automatic }
        guard let count = Int(text), count >= 1, count <= maximumWorkers else { return nil }
        return .fixed(count)
    }
}

extension Node {
    fileprivate var place: String {
        mark.map { ", line \($0.line)" } ?? ""
    }

    fileprivate func mismatch(_ key: String, _ expected: String) -> ServerError {
        ServerError("the configuration\(place): '\(key)': expected \(expected), found \(found)")
    }

    private var found: String {
        switch self {
        case .scalar(let scalar): "'\(scalar.string)'"
        case .mapping: "keys and values"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    fileprivate func text(_ key: String) throws(ServerError) -> String {
        guard case .scalar(let scalar) = self, !scalar.string.isEmpty else { throw mismatch(key, "a text") }
        return scalar.string
    }

    fileprivate func integer(_ key: String, in range: ClosedRange<Int>) throws(ServerError) -> Int {
        guard let value = int, range.contains(value) else {
            throw mismatch(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    fileprivate func workers(_ key: String) throws(ServerError) -> ServerConfiguration.WorkerCount {
        guard case .scalar(let scalar) = self, let count = ServerConfiguration.workers(parsing: scalar.string) else {
            throw mismatch(key, "auto or a number from 1 to \(ServerConfiguration.maximumWorkers)")
        }
        return count
    }

    fileprivate func endpoints(_ key: String) throws(ServerError) -> [Endpoint] {
        var result: [Endpoint] = []
        let nodes: [Node]
        if case .sequence(let sequence) = self {
            nodes = Array(sequence)
        } else {
            nodes = [self]
        }
        for node in nodes {
            do {
                result.append(try Endpoint(parsing: node.text(key)))
            } catch let error as EndpointError {
                throw ServerError("the configuration\(node.place): '\(key)': \(error.message)")
            } catch let error as ServerError {
                throw error
            } catch {
                throw node.mismatch(key, "an address")
            }
        }
        return result
    }
}
