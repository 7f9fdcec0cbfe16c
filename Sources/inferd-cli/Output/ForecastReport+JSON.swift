import InferdClient

extension ForecastReport {
    /// Everything as one object; times are RFC 3339 in UTC.
    func json() -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("model", .string(forecast.model)), ("version", .unsigned(forecast.version)),
            ("target", .string(target)), ("unit", .string(unit)), ("time_zone", .string(zone.name)),
        ]
        if !seriesID.isEmpty { members.append(("series_id", .string(seriesID))) }
        members.append(("filled_points", .unsigned(UInt64(forecast.filledPoints))))
        members.append(("forecast", .array(forecast.timestamps.indices.map(point))))
        if forecast.metrics != nil {
            let entries = metrics.map { entry in
                (
                    entry.name,
                    JSONValue.object([
                        ("value", .number(entry.metric.value)), ("points", .unsigned(UInt64(entry.metric.points))),
                    ])
                )
            }
            members.append(("metrics", .object(entries)))
        }
        if let receipt = answer.receipt { members.append(("receipt", ReceiptTable.json(receipt))) }
        return .object(members)
    }

    private func point(_ index: Int) -> JSONValue {
        let time = forecast.timestamps[index]
        var members: [(String, JSONValue)] = [
            ("time", .string(Zone.utc.text(time))), ("value", .number(forecast.values[index])),
        ]
        if !forecast.quantiles.isEmpty {
            let levels = forecast.quantiles.map { ("\($0.level)", JSONValue.number($0.values[index])) }
            members.append(("quantiles", .object(levels)))
        }
        if let actual = actuals[time] { members.append(("actual", .number(actual))) }
        return .object(members)
    }
}
