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
        var perModel: Node?
        for (key, value) in mapping {
            guard case .scalar(let name) = key else {
                throw ServerError("the configuration\(key.place): expected a key, found a structure")
            }
            if name.string == "model_settings" {
                perModel = value
            } else {
                try apply(key: name.string, value: value)
            }
        }
        // What a model's settings leave out is as the defaults say, wherever these stand.
        if let perModel {
            try applyModelSettings(perModel)
        }
    }

    private mutating func applyModelSettings(_ node: Node) throws(ServerError) {
        guard case .mapping(let models) = node else { throw node.mismatch("model_settings", "models and settings") }
        for (name, value) in models {
            guard case .scalar(let scalar) = name else { throw name.mismatch("model_settings", "a model's name") }
            var settings = modelDefaults
            try settings.apply(value, "model_settings.\(scalar.string)")
            modelSettings[scalar.string] = settings
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
        case "cache_bytes":
            cacheBytes = try value.integer(key, in: 0...(64 << 30))
        case "cache_ttl_ms":
            cacheMilliseconds = try value.integer(key, in: 0...86_400_000)
        case "memory_budget_bytes":
            memoryBudgetBytes = try value.integer(key, in: 0...(1 << 50))
        case "watchdog_ms":
            watchdogMilliseconds = try value.integer(key, in: 0...86_400_000)
        case "model_defaults":
            try modelDefaults.apply(value, key)
        case "inline_budget_us":
            inlineBudgetMicroseconds = try value.integer(key, in: 0...100_000)
        case "drain_grace_ms":
            drainGraceMilliseconds = try value.integer(key, in: 0...3_600_000)
        case "allow_remote":
            allowRemote = try value.flag(key)
        case "events":
            try events.apply(value, key)
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

extension ModelSettings {
    /// Takes over what `node` says; `path` is where it stands.
    fileprivate mutating func apply(_ node: Node, _ path: String) throws(ServerError) {
        for (key, value) in try node.members(path) {
            try apply(key: key, value, "\(path).\(key)")
        }
    }

    private mutating func apply(key: String, _ value: Node, _ path: String) throws(ServerError) {
        switch key {
        case "version_policy":
            versionPolicy = try value.versionPolicy(path)
        case "max_batch":
            maximumBatch = try value.integer(path, in: 1...Limits.rowsPerRun)
        case "max_step_us":
            maximumStepMicroseconds = try value.integer(path, in: 0...60_000_000)
        case "max_queue_delay_us":
            maximumQueueDelayMicroseconds = try value.integer(path, in: 0...1_000_000)
        case "max_concurrency":
            maximumConcurrency = try value.integer(path, in: 0...Limits.requestsInFlight)
        case "queue_length":
            queueLength = try value.integer(path, in: 1...Limits.requestsInFlight)
        case "ttl_ms":
            timeToLiveMilliseconds = try value.integer(path, in: 0...86_400_000)
        default:
            throw ServerError("the configuration\(value.place): unknown key '\(path)'")
        }
    }
}

extension Node {
    fileprivate func versionPolicy(_ key: String) throws(ServerError) -> ModelSettings.VersionPolicy {
        guard case .scalar(let scalar) = self else { throw mismatch(key, "latest, all or a number") }
        switch scalar.string {
        case "latest": return .latest
        case "all": return .all
        default:
            guard let count = Int(scalar.string), count >= 1, count <= Limits.modelsServed else {
                throw mismatch(key, "latest, all or a number from 1 to \(Limits.modelsServed)")
            }
            return .newest(count)
        }
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
