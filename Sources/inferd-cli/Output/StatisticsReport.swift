import InferdClient

/// The daemon's counters as text.
enum StatisticsReport {
    /// A counter with its name in JSON and its name for people.
    private typealias Row = (key: String, label: String, value: UInt64)

    private static func cache(_ counters: ServerStatistics.CacheCounters) -> [Row] {
        [
            ("hits", "hits", counters.hits),
            ("misses", "misses", counters.misses),
            ("coalesced", "coalesced", counters.coalesced),
            ("bypassed", "bypassed", counters.bypassed),
            ("insertions", "insertions", counters.insertions),
            ("evictions", "evictions", counters.evictions),
            ("expirations", "expirations", counters.expirations),
            ("entries", "entries", counters.entries),
            ("bytes", "bytes", counters.bytes),
            ("decided_anew", "decided anew", counters.decidedAnew),
        ]
    }

    private static func admission(_ counters: ServerStatistics.AdmissionCounters) -> [Row] {
        [
            ("expired_at_arrival", "expired at arrival", counters.expiredAtArrival),
            ("expired_waiting", "expired waiting", counters.expiredWaiting),
            ("dropped_at_formation", "dropped at formation", counters.droppedAtFormation),
            ("abandoned_between_steps", "abandoned between steps", counters.abandonedBetweenSteps),
            ("cancelled", "cancelled", counters.cancelled),
            ("refused_queue", "refused queue", counters.refusedQueue),
            ("refused_concurrency", "refused concurrency", counters.refusedConcurrency),
            ("refused_deadline", "refused deadline", counters.refusedDeadline),
            ("refused_bytes", "refused bytes", counters.refusedBytes),
            ("refused_records", "refused records", counters.refusedRecords),
        ]
    }

    private static func events(_ counters: ServerStatistics.EventCounters) -> [Row] {
        [
            ("committed", "committed", counters.committed),
            ("deduplicated", "deduplicated", counters.deduplicated),
            ("dropped_ring_full", "dropped ring full", counters.droppedRingFull),
            ("dropped_too_large", "dropped too large", counters.droppedTooLarge),
            ("dropped_by_spool", "dropped by spool", counters.droppedBySpool),
            ("rejected", "rejected", counters.rejected),
            ("recovered", "recovered", counters.recovered),
            ("published", "published", counters.published),
            ("delivered", "delivered", counters.delivered),
            ("replayed", "replayed", counters.replayed),
            ("spooled", "spooled", counters.spooled),
            ("dead_lettered", "dead lettered", counters.deadLettered),
            ("deleted", "deleted", counters.deleted),
            ("damaged", "damaged", counters.damaged),
            ("pending", "pending", counters.pending),
            ("lag_records", "lag records", counters.lagRecords),
            ("outages", "outages", counters.outages),
            ("rebuilds", "rebuilds", counters.rebuilds),
            ("spool_bytes", "spool bytes", counters.spoolBytes),
        ]
    }

    private static func daemon(_ statistics: ServerStatistics) -> [Row] {
        [
            ("uptime_us", "uptime us", statistics.uptimeMicroseconds),
            ("frames_received", "frames received", statistics.framesReceived),
            ("frames_abandoned", "frames abandoned", statistics.framesAbandoned),
            ("requests_in_flight", "requests in flight", statistics.requestsInFlight),
            ("connections_open", "connections open", UInt64(statistics.connectionsOpen)),
            ("connections_accepted", "connections accepted", statistics.connectionsAccepted),
            ("connections_refused", "connections refused", statistics.connectionsRefused),
            ("bytes_received", "bytes received", statistics.bytesReceived),
            ("bytes_sent", "bytes sent", statistics.bytesSent),
            ("workers", "workers", UInt64(statistics.workers)),
            ("worker_busy_us", "worker busy us", statistics.workerBusyMicroseconds),
            ("inline_runs", "inline runs", statistics.inlineRuns),
            ("watchdog_stops", "watchdog stops", statistics.watchdogStops),
            ("stuck_workers", "stuck workers", UInt64(statistics.stuckWorkers)),
        ]
    }

    // For people.

    static func table(_ statistics: ServerStatistics) -> String {
        let state = statistics.isDraining ? "shutting down" : statistics.isReady ? "ready" : "not ready"
        var text = "the daemon is \(state)\n"
        text += section("daemon", daemon(statistics))
        text += section(
            "replies", statistics.replies.map { ($0.name, $0.name, $0.count) })
        text += section("cache", cache(statistics.cache))
        text += section("not computed to the end", admission(statistics.admission))
        if let events = statistics.events {
            text += section("events: \(events.phase)", self.events(events))
            if events.lagSeconds > 0 { text += "  behind for \(Numbers.fixed(events.lagSeconds, decimals: 1)) s\n" }
            if !events.trouble.isEmpty { text += "  trouble: \(events.trouble)\n" }
        }
        if !statistics.models.isEmpty {
            text += "\nmodels\n" + models(statistics.models)
        }
        if !statistics.accuracy.isEmpty {
            text += "\naccuracy of earlier forecasts\n" + accuracy(statistics.accuracy)
        }
        return text
    }

    private static func section(_ title: String, _ rows: [Row]) -> String {
        if rows.isEmpty { return "" }
        var table = TextTable([("", .left), ("", .right)])
        for row in rows {
            table.add(["  " + row.label, "\(row.value)"])
        }
        // A table without headings begins with an empty line of them.
        return "\n\(title)" + table.text()
    }

    private static func models(_ models: [ServerStatistics.ModelCounters]) -> String {
        var table = TextTable([
            ("model", .left), ("version", .right), ("generation", .right), ("requests", .right), ("runs", .right),
            ("rows a run", .right), ("us a run", .right), ("queued", .right), ("active", .right),
        ])
        for model in models {
            let runs = Double(max(model.engineRuns, 1))
            table.add([
                model.name, "\(model.version)", "\(model.generation)", "\(model.requests)", "\(model.engineRuns)",
                Numbers.fixed(Double(model.engineRows) / runs, decimals: 1),
                Numbers.fixed(Double(model.engineMicroseconds) / runs, decimals: 0),
                "\(model.queued)", "\(model.active)",
            ])
        }
        return table.text()
    }

    private static func accuracy(_ accuracy: [ServerStatistics.ForecastAccuracy]) -> String {
        var table = TextTable([
            ("model", .left), ("version", .right), ("steps ahead", .right), ("points", .right), ("mae", .right),
            ("smape", .right), ("coverage", .right),
        ])
        for entry in accuracy {
            let (first, last) = (entry.horizon.lowerBound, entry.horizon.upperBound)
            table.add([
                entry.model, "\(entry.version)", first == last ? "\(first)" : "\(first)-\(last)", "\(entry.points)",
                Numbers.significant(entry.mae, digits: 4), Numbers.fixed(entry.smape, decimals: 3),
                entry.coverage.map { Numbers.fixed($0, decimals: 3) } ?? "-",
            ])
        }
        return table.text()
    }

    // For programs.

    static func json(_ statistics: ServerStatistics) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("ready", .bool(statistics.isReady)), ("draining", .bool(statistics.isDraining)),
        ]
        members += daemon(statistics).map { ($0.key, .unsigned($0.value)) }
        members.append(("replies", .object(statistics.replies.map { ($0.name, .unsigned($0.count)) })))
        members.append(("cache", object(cache(statistics.cache))))
        members.append(("admission", object(admission(statistics.admission))))
        members.append(("events", statistics.events.map(json) ?? .null))
        members.append(("models", .array(statistics.models.map(json))))
        members.append(("accuracy", .array(statistics.accuracy.map(json))))
        return .object(members)
    }

    private static func object(_ rows: [Row]) -> JSONValue {
        .object(rows.map { ($0.key, .unsigned($0.value)) })
    }

    private static func json(_ events: ServerStatistics.EventCounters) -> JSONValue {
        .object(
            self.events(events).map { ($0.key, .unsigned($0.value)) } + [
                ("lag_seconds", .number(events.lagSeconds)), ("phase", .string(events.phase)),
                ("trouble", .string(events.trouble)),
            ])
    }

    private static func json(_ model: ServerStatistics.ModelCounters) -> JSONValue {
        .object([
            ("name", .string(model.name)), ("version", .unsigned(model.version)),
            ("generation", .unsigned(model.generation)), ("requests", .unsigned(model.requests)),
            ("engine_runs", .unsigned(model.engineRuns)), ("engine_rows", .unsigned(model.engineRows)),
            ("engine_us", .unsigned(model.engineMicroseconds)), ("queued", .unsigned(UInt64(model.queued))),
            ("active", .unsigned(UInt64(model.active))),
        ])
    }

    private static func json(_ accuracy: ServerStatistics.ForecastAccuracy) -> JSONValue {
        .object([
            ("model", .string(accuracy.model)), ("version", .unsigned(accuracy.version)),
            ("horizon_from", .unsigned(UInt64(accuracy.horizon.lowerBound))),
            ("horizon_to", .unsigned(UInt64(accuracy.horizon.upperBound))),
            ("points", .unsigned(accuracy.points)), ("mae", .number(accuracy.mae)),
            ("smape", .number(accuracy.smape)), ("coverage", accuracy.coverage.map { .number($0) } ?? .null),
        ])
    }
}
