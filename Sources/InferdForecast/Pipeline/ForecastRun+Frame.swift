package import InferdBase

extension ForecastRun {
    /// Rows of the horizon that the frame has: what the model may look at.
    private var futureRows: Int {
        plan.specification.decode == .direct && plan.specification.hasFutureInput
            ? plan.specification.maximumHorizon : horizon
    }

    /// Lays out the rows of the window and of the horizon: channels in the model's order, not scaled yet,
    /// and calendar features.
    package mutating func prepareFrame(_ input: some ForecastInput) throws(RequestError) {
        let window = plan.specification.window
        frameRows = window + futureRows
        let columns = plan.columnCount
        frame.removeAll(keepingCapacity: true)
        frame.append(contentsOf: repeatElement(0, count: frameRows * columns))
        channelValues.removeAll(keepingCapacity: true)
        let history = FilledHistory(places: places, pointCount: pointCount, policy: plan.specification.gapPolicy)
        for index in plan.channels.indices {
            let values = unsafe input.channelValues(historyPlaces[index])
            unsafe history.append(values, from: pointCount - window, to: &channelValues)
            let future = futurePlaces[index]
            if future >= 0 {
                let values = unsafe input.futureValues(future)
                for row in 0..<futureRows {
                    // A direct model's greatest horizon may reach further than what was asked for.
                    unsafe channelValues.append(values[min(row, horizon - 1)])
                }
            } else {
                channelValues.append(contentsOf: repeatElement(0, count: futureRows))
            }
        }
        targetHistory.removeAll(keepingCapacity: true)
        if unsafe input.actuals.count > 0, plan.specification.season != nil {
            unsafe history.append(input.channelValues(historyPlaces[0]), from: 0, to: &targetHistory)
        }
        if !plan.calendar.isEmpty {
            fillCalendar()
        }
    }

    private mutating func fillCalendar() {
        let window = plan.specification.window
        let columns = plan.columnCount
        var last: Int64 = 0
        for row in 0..<frameRows {
            // Past the horizon asked for a direct model's rows may leave the calendar; they repeat the last.
            let time = grid.time(pointCount - window + row) ?? last
            last = time
            let seconds = time.flooredQuotientAndRemainder(dividingBy: 1_000_000).quotient
            let (days, second) = (seconds + plan.zone.utcOffset(at: seconds))
                .flooredQuotientAndRemainder(dividingBy: 86_400)
            let date = CivilDate(daysSinceEpoch: days)
            for feature in plan.calendar {
                let value = feature.field.value(days: days, date: date, secondOfDay: second)
                let target = row * columns + feature.column
                for column in 0..<feature.width {
                    frame[target + column] = feature.table[value * feature.width + column]
                }
            }
        }
    }

    /// Scales the channels into the frame. Parameters that are taken from the request come from its
    /// last window.
    package mutating func window() throws(RequestError) {
        let window = plan.specification.window
        let columns = plan.columnCount
        var sorting: [Double] = []
        swap(&sorting, &scratch)
        defer { swap(&sorting, &scratch) }
        for (index, channel) in plan.channels.enumerated() {
            let start = index * frameRows
            let scaler = FittedScaler(
                channel.scaler, window: channelValues.span.extracting(start..<start + window), scratch: &sorting)
            guard scaler.isFinite else {
                throw .invalid(
                    "predict.history.channels[\(historyPlaces[index])]",
                    "its last \(window) values lie too far apart for this model's scale")
            }
            if index == 0 { targetScaler = scaler }
            let rows = channel.isKnownInFuture ? frameRows : window
            for row in 0..<rows {
                let value = channelValues[start + row]
                if scaler.isLogarithmic, value <= -1 {
                    throw unscalable(index, row, "\(value) has no logarithm: it must be more than -1")
                }
                let scaled = Float(scaler.scale(value))
                guard scaled.isFinite else {
                    throw unscalable(index, row, "\(value) is too large for this model's scale")
                }
                frame[row * columns + channel.column] = scaled
            }
        }
        callIndex = 0
        produced = 0
        outputs.removeAll(keepingCapacity: true)
    }

    /// Names the value of the request that row `row` was made of.
    private func unscalable(_ channel: Int, _ row: Int, _ message: String) -> RequestError {
        let window = plan.specification.window
        if row >= window {
            return .invalid(
                "predict.future[\(futurePlaces[channel])].values[\(min(row - window, horizon - 1))]", message)
        }
        let place = pointCount - window + row
        let index = places.isEmpty ? place : places.lastIndex { $0 <= place } ?? 0
        return .invalid("predict.history.channels[\(historyPlaces[channel])].values[\(index)]", message)
    }
}
