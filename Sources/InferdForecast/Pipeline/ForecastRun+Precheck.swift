package import InferdBase

extension ForecastRun {
    /// Checks everything of the request that needs no calendar: lengths, names, finite values, limits.
    package mutating func precheck(_ input: some ForecastInput) throws(RequestError) {
        let limit = Limits.seriesIDBytes
        guard unsafe input.seriesID.count <= limit else {
            throw .invalid("predict.series_id", "more than \(limit) bytes")
        }
        try checkTime(input)
        try checkChannels(input)
        try checkHorizon(input)
        try checkFuture(input)
        try checkQuantiles(input)
        try checkActuals(input)
    }

    private mutating func checkTime(_ input: some ForecastInput) throws(RequestError) {
        guard input.channelCount > 0 else {
            throw .invalid("predict.history", "holds no channel")
        }
        let stamps = unsafe input.timestamps.count
        if input.hasRegularTime {
            guard stamps == 0 else {
                throw .invalid("predict.history", "time is given twice, by timestamps_us and by regular")
            }
            requestPoints = unsafe input.channelValues(0).count
        } else {
            guard stamps > 0 else {
                throw .invalid("predict.history", "time is missing: give timestamps_us or regular")
            }
            requestPoints = stamps
        }
        guard requestPoints > 0 else { throw .invalid("predict.history", "holds no points") }
        guard requestPoints <= Limits.historyPoints else {
            throw .invalid("predict.history", "\(requestPoints) points; at most \(Limits.historyPoints)")
        }
    }

    private mutating func checkChannels(_ input: some ForecastInput) throws(RequestError) {
        historyPlaces.removeAll(keepingCapacity: true)
        for channel in plan.channels {
            guard let place = unsafe Self.place(of: channel, input.channelCount, { unsafe input.channelName($0) })
            else {
                throw .invalid("predict.history.channels", "the model needs the channel '\(channel.name)'")
            }
            historyPlaces.append(place)
        }
        for index in 0..<input.channelCount {
            if historyPlaces.firstIndex(of: index) == nil {
                // Known, but found before: a second of the same name.
                let name = unsafe Self.shown(input.channelName(index))
                let isKnown = plan.channels.contains { unsafe Self.matches(input.channelName(index), $0) }
                throw .invalid(
                    "\(Self.channelField(index)).name",
                    isKnown ? "'\(name)' is given twice" : "the model has no channel '\(name)'")
            }
            let values = unsafe input.channelValues(index)
            guard values.count == requestPoints else {
                throw .invalid(
                    Self.channelField(index),
                    "has \(values.count) values; the history has \(requestPoints) points")
            }
            try unsafe Self.checkFinite(values, Self.channelField(index))
        }
    }

    private static func place(
        of channel: ForecastPlan.ChannelColumn, _ count: Int, _ name: (Int) -> UnsafeRawBufferPointer
    ) -> Int? {
        (0..<count).first { unsafe matches(name($0), channel) }
    }

    private static func matches(_ name: UnsafeRawBufferPointer, _ channel: ForecastPlan.ChannelColumn) -> Bool {
        unsafe name.count == channel.nameBytes.count && name.elementsEqual(channel.nameBytes)
    }

    /// A name as messages show it: no longer than a channel's can be.
    private static func shown(_ name: UnsafeRawBufferPointer) -> String {
        unsafe String(decoding: name.prefix(Limits.channelNameBytes), as: UTF8.self)
    }

    // A field's text takes an allocation: it is made where it is thrown, not for every good request.

    private static func channelField(_ index: Int) -> String { "predict.history.channels[\(index)]" }
    private static func futureField(_ index: Int) -> String { "predict.future[\(index)]" }
    private static func quantileField(_ index: Int) -> String { "predict.quantiles[\(index)]" }

    private static func checkFinite(
        _ values: UnsafeBufferPointer<Double>, _ field: @autoclosure () -> String
    ) throws(RequestError) {
        for index in 0..<values.count where unsafe !values[index].isFinite {
            throw unsafe .invalid("\(field()).values[\(index)]", "\(values[index]) is not finite")
        }
    }

    private mutating func checkHorizon(_ input: some ForecastInput) throws(RequestError) {
        let maximum = plan.specification.maximumHorizon
        guard input.horizon <= UInt32(maximum) else {
            throw .invalid("predict.horizon", "\(input.horizon) steps; this model forecasts at most \(maximum)")
        }
        horizon = input.horizon == 0 ? plan.specification.defaultHorizon : Int(input.horizon)
    }

    private mutating func checkFuture(_ input: some ForecastInput) throws(RequestError) {
        futurePlaces.removeAll(keepingCapacity: true)
        for channel in plan.channels {
            guard channel.isKnownInFuture else {
                futurePlaces.append(-1)
                continue
            }
            guard let place = unsafe Self.place(of: channel, input.futureCount, { unsafe input.futureName($0) })
            else {
                throw .invalid("predict.future", "the model needs '\(channel.name)' for the horizon")
            }
            futurePlaces.append(place)
        }
        for index in 0..<input.futureCount {
            if futurePlaces.firstIndex(of: index) == nil {
                let name = unsafe Self.shown(input.futureName(index))
                let isKnown = plan.channels.contains {
                    unsafe $0.isKnownInFuture && Self.matches(input.futureName(index), $0)
                }
                throw .invalid(
                    "\(Self.futureField(index)).name",
                    isKnown ? "'\(name)' is given twice" : "the model takes no '\(name)' for the horizon")
            }
            let values = unsafe input.futureValues(index)
            guard values.count >= horizon else {
                throw .invalid(
                    Self.futureField(index), "has \(values.count) values; the horizon has \(horizon) steps")
            }
            // What lies past the horizon is not looked at.
            try unsafe Self.checkFinite(UnsafeBufferPointer(rebasing: values[..<horizon]), Self.futureField(index))
        }
    }

    private mutating func checkQuantiles(_ input: some ForecastInput) throws(RequestError) {
        wantedQuantiles.removeAll(keepingCapacity: true)
        let wanted = unsafe input.quantiles
        guard wanted.count <= Limits.quantiles else {
            throw .invalid("predict.quantiles", "\(wanted.count) levels; at most \(Limits.quantiles)")
        }
        for index in 0..<wanted.count {
            let level = unsafe wanted[index]
            guard level > 0, level < 1 else {
                throw .invalid(Self.quantileField(index), "\(level) does not lie between 0 and 1")
            }
            guard let place = plan.specification.quantiles.firstIndex(of: level) else {
                let known = plan.specification.quantiles.map { "\($0)" }.joined(separator: ", ")
                throw .invalid(
                    Self.quantileField(index),
                    known.isEmpty ? "the model forecasts no quantiles" : "\(level) is none of the model's: \(known)")
            }
            guard !wantedQuantiles.contains(place) else {
                throw .invalid(Self.quantileField(index), "\(level) is given twice")
            }
            wantedQuantiles.append(place)
        }
    }

    private func checkActuals(_ input: some ForecastInput) throws(RequestError) {
        let actuals = unsafe input.actuals
        guard actuals.count <= horizon else {
            throw .invalid("predict.actuals", "\(actuals.count) values; the horizon has \(horizon) steps")
        }
        for index in 0..<actuals.count where unsafe actuals[index].isInfinite {
            throw unsafe .invalid(
                "predict.actuals[\(index)]", "\(actuals[index]) is not finite; NaN stands for unknown")
        }
    }
}
