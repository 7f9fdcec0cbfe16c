import InferdBase
import InferdKafka
import Yams

extension EventSettings {
    /// Takes over what `node` says; `path` is where it stands.
    mutating func apply(_ node: Node, _ path: String) throws(ServerError) {
        for (key, value) in try node.members(path) {
            try apply(key, value, "\(path).\(key)")
        }
    }

    private mutating func apply(_ key: String, _ value: Node, _ path: String) throws(ServerError) {
        switch key {
        case "enabled": isEnabled = try value.flag(path)
        case "directory": directory = try value.text(path)
        case "sink": sink = try value.choice(path)
        case "on_full": whenFull = try value.choice(path)
        case "ring_bytes": ringBytes = try value.integer(path, in: Limits.ringBytesRange)
        case "fsync": syncs = try value.flag(path)
        case "dedupe_ms": dedupeMilliseconds = try value.integer(path, in: 0...86_400_000)
        case "include_inputs": includesInputs = try value.flag(path)
        case "format": format = try value.choice(path)
        case "spool":
            for (key, value) in try value.members(path) { try applySpool(key, value, "\(path).\(key)") }
        case "kafka":
            for (key, value) in try value.members(path) { try applyKafka(key, value, "\(path).\(key)") }
        case "accuracy":
            for (key, value) in try value.members(path) { try applyAccuracy(key, value, "\(path).\(key)") }
        default:
            throw ServerError("the configuration\(value.place): unknown key '\(path)'")
        }
    }

    private mutating func applySpool(_ key: String, _ value: Node, _ path: String) throws(ServerError) {
        switch key {
        case "max_bytes": spoolBytes = try value.integer(path, in: Limits.spoolBytesRange)
        case "max_age_ms": spoolMilliseconds = try value.integer(path, in: 1...(10 * 365 * 86_400_000))
        default:
            throw ServerError("the configuration\(value.place): unknown key '\(path)'")
        }
    }

    private mutating func applyAccuracy(_ key: String, _ value: Node, _ path: String) throws(ServerError) {
        switch key {
        case "enabled": scoresForecasts = try value.flag(path)
        case "max_series": accuracy.maximumSeries = try value.integer(path, in: Limits.scoredSeriesRange)
        case "max_points_per_series":
            accuracy.maximumPointsPerSeries = try value.integer(path, in: Limits.scoredPointsPerSeriesRange)
        case "buckets": accuracy.bucketEnds = try value.integers(path, in: 1...Limits.horizon)
        default:
            throw ServerError("the configuration\(value.place): unknown key '\(path)'")
        }
    }

    private mutating func applyKafka(_ key: String, _ value: Node, _ path: String) throws(ServerError) {
        switch key {
        case "brokers": kafka.brokers = try value.text(path)
        case "topic": kafka.topic = try value.text(path)
        case "properties":
            for (key, value) in try value.members(path) { kafka.properties[key] = try value.text("\(path).\(key)") }
        default:
            throw ServerError("the configuration\(value.place): unknown key '\(path)'")
        }
    }
}
