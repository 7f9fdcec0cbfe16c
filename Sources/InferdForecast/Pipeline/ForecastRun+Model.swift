package import InferdBase

extension ForecastRun {
    /// The next run of the model; nil when the horizon is reached.
    package var nextCall: ModelCall? {
        if produced >= horizon { return nil }
        let window = plan.specification.window
        switch plan.specification.decode {
        case .direct, .autoregressive:
            return ModelCall(rows: window, isPriming: false, index: callIndex)
        case .stateful where plan.takesSingleRows:
            return ModelCall(rows: 1, isPriming: callIndex < window - 1, index: callIndex)
        case .stateful:
            return ModelCall(rows: callIndex == 0 ? window : 1, isPriming: false, index: callIndex)
        }
    }

    /// The first row of the frame that the next run reads.
    private var firstRow: Int {
        switch plan.specification.decode {
        case .direct: 0
        case .autoregressive: produced
        case .stateful where plan.takesSingleRows: callIndex
        case .stateful: callIndex == 0 ? 0 : plan.specification.window + produced - 1
        }
    }

    /// Writes the next run's window: its rows by `columnCount`, row-major.
    package func gatherWindow(into target: UnsafeMutableBufferPointer<Float>) {
        guard let call = nextCall else { return }
        let start = firstRow * plan.columnCount
        let count = call.rows * plan.columnCount
        precondition(target.count >= count)
        unsafe frame.withUnsafeBufferPointer { rows in
            _ = unsafe target.update(fromContentsOf: rows[start..<start + count])
        }
    }

    /// Writes what is known of the future: the greatest horizon's rows by `futureColumns`, row-major.
    package func gatherFuture(into target: UnsafeMutableBufferPointer<Float>) {
        let rows = plan.specification.maximumHorizon
        let width = plan.futureColumns.count
        precondition(target.count >= rows * width)
        for row in 0..<rows {
            let start = (plan.specification.window + row) * plan.columnCount
            for (place, column) in plan.futureColumns.enumerated() {
                unsafe target[row * width + place] = frame[start + column]
            }
        }
    }

    /// Takes the output of the run that `nextCall` described: `valuesPerPoint` values for each point of
    /// the chunk. Feeds the point forecast (the median of quantiles) back into the frame.
    package mutating func absorb(output: UnsafeBufferPointer<Float>) throws(RequestError) {
        guard let call = nextCall else { return }
        callIndex += 1
        if call.isPriming { return }
        let perPoint = plan.valuesPerPoint
        let points = min(plan.specification.chunk, horizon - produced)
        precondition(output.count >= points * perPoint)
        for point in 0..<points {
            for value in 0..<perPoint {
                let scaled = unsafe output[point * perPoint + value]
                guard scaled.isFinite else {
                    throw RequestError(
                        .failedPrecondition,
                        "the model's output for step \(produced + point + 1) of the horizon is not finite")
                }
                outputs.append(scaled)
            }
            let row = plan.specification.window + produced + point
            if row < frameRows {
                frame[row * plan.columnCount] = unsafe output[point * perPoint + plan.medianIndex]
            }
        }
        produced += points
    }

    /// Brings the outputs back to the target's unit.
    package mutating func inverseScale() throws(RequestError) {
        precondition(produced == horizon)
        timestampBuffer.removeAll(keepingCapacity: true)
        valueBuffer.removeAll(keepingCapacity: true)
        quantileLevelBuffer.removeAll(keepingCapacity: true)
        quantileBuffer.removeAll(keepingCapacity: true)
        for point in 0..<horizon {
            // `checkUniform` has seen that the last of them exists.
            timestampBuffer.append(grid.time(pointCount + point) ?? 0)
            valueBuffer.append(try unscaled(point, plan.medianIndex))
        }
        for place in wantedQuantiles {
            quantileLevelBuffer.append(plan.specification.quantiles[place])
            for point in 0..<horizon {
                quantileBuffer.append(try unscaled(point, place))
            }
        }
    }

    private func unscaled(_ point: Int, _ place: Int) throws(RequestError) -> Double {
        let value = targetScaler.unscale(Double(outputs[point * plan.valuesPerPoint + place]))
        guard value.isFinite else {
            throw RequestError(
                .failedPrecondition, "the forecast for step \(point + 1) of the horizon is not finite")
        }
        return value
    }

    /// Errors against the request's actuals; nil when it holds none.
    package func metrics(_ input: some ForecastInput) -> ForecastMetrics? {
        let actuals = unsafe input.actuals
        if actuals.isEmpty { return nil }
        var bounds: ((Int) -> (low: Double, high: Double))?
        let perPoint = plan.valuesPerPoint
        let scaler = targetScaler
        let outputs = outputs
        if !plan.specification.quantiles.isEmpty {
            bounds = { point in
                (
                    scaler.unscale(Double(outputs[point * perPoint])),
                    scaler.unscale(Double(outputs[point * perPoint + perPoint - 1]))
                )
            }
        }
        return unsafe ForecastMetrics(
            actuals: actuals, forecast: valueBuffer, naiveError: seasonalNaiveError, bounds: bounds)
    }

    /// Mean absolute error on the history of the forecast that repeats the season before.
    private var seasonalNaiveError: Double? {
        guard let season = plan.specification.season, targetHistory.count > season else { return nil }
        var sum = 0.0
        for index in season..<targetHistory.count {
            sum += abs(targetHistory[index] - targetHistory[index - season])
        }
        return sum / Double(targetHistory.count - season)
    }
}
