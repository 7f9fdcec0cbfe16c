import InferdBase

extension ForecastSpecification {
    /// Checks what the values must be, each and together.
    package func validate() throws(ForecastSpecificationError) {
        try check((1...Limits.historyPoints).contains(window), "window", "must be 1 to \(Limits.historyPoints)")
        try check(
            (1...Limits.horizon).contains(maximumHorizon), "horizon.maximum", "must be 1 to \(Limits.horizon)")
        try check(
            (1...maximumHorizon).contains(defaultHorizon), "horizon.default",
            "must be 1 to horizon.maximum, which is \(maximumHorizon)")
        if let season {
            try check((1...Limits.historyPoints).contains(season), "season", "must be 1 to \(Limits.historyPoints)")
        }
        if case .fixed(let microseconds) = step.kind {
            try check(
                toleranceMicroseconds >= 0 && toleranceMicroseconds < (microseconds + 1) / 2, "time_tolerance",
                "must be less than half a step")
        } else {
            try check(
                toleranceMicroseconds >= 0 && toleranceMicroseconds < TimeStep.microsecondsPerDay / 2,
                "time_tolerance", "must be less than half a day")
        }
        try validateFeatures()
        try validateQuantiles()
        if case .autoregressive(let chunk) = decode {
            try check((1...maximumHorizon).contains(chunk), "decode.chunk", "must be 1 to horizon.maximum")
        }
        try check(
            !hasFutureInput || decode == .direct, "tensors.future", "only a direct model has a future tensor")
    }

    private func validateFeatures() throws(ForecastSpecificationError) {
        guard case .channel = features.first else {
            throw ForecastSpecificationError("features[0]", "must be the target's channel")
        }
        try check(
            channels.count <= Limits.channels, "features",
            "\(channels.count) channels; at most \(Limits.channels)")
        var names: Set<String> = []
        var calendar: Set<String> = []
        for (index, feature) in features.enumerated() {
            let key = "features[\(index)]"
            guard case .channel(let channel) = feature else {
                if case .calendar(let field, let encoding) = feature {
                    // Which also bounds the columns.
                    try check(
                        calendar.insert("\(field) \(encoding)").inserted, "\(key).calendar",
                        "\(field.rawValue) as \(encoding.rawValue) is given twice")
                }
                continue
            }
            try check(
                (1...Limits.channelNameBytes).contains(channel.name.utf8.count), "\(key).channel",
                "must be 1 to \(Limits.channelNameBytes) bytes")
            try check(names.insert(channel.name).inserted, "\(key).channel", "'\(channel.name)' is given twice")
            try channel.scaler.validate("\(key).scaler")
            if index > 0, decode != .direct {
                try check(
                    channel.isKnownInFuture, "\(key).known",
                    "a \(decode.name) model needs every covariate in the future")
            }
        }
        if hasFutureInput {
            let known = features.dropFirst().contains {
                if case .channel(let channel) = $0 { channel.isKnownInFuture } else { true }
            }
            try check(known, "tensors.future", "nothing is known of the future")
        }
    }

    private func validateQuantiles() throws(ForecastSpecificationError) {
        if quantiles.isEmpty { return }
        try check(quantiles.count <= Limits.quantiles, "quantiles", "at most \(Limits.quantiles)")
        try check(
            zip(quantiles, quantiles.dropFirst()).allSatisfy { $0 < $1 }, "quantiles", "must rise")
        try check(
            quantiles.allSatisfy { $0 > 0 && $0 < 1 }, "quantiles", "must lie between 0 and 1")
        try check(quantiles.contains(0.5), "quantiles", "must contain 0.5")
    }

    private func check(_ holds: Bool, _ key: String, _ message: String) throws(ForecastSpecificationError) {
        if !holds { throw ForecastSpecificationError(key, message) }
    }
}
