package import InferdBase

extension ForecastRun {
    /// Puts the history on its grid: strictly rising, one step apart, gaps as the model's policy says.
    package mutating func checkUniform(_ input: some ForecastInput) throws(RequestError) {
        places.removeAll(keepingCapacity: true)
        if input.hasRegularTime {
            try checkRegular(input)
        } else {
            try unsafe placeStamps(input.timestamps)
        }
        let window = plan.specification.window
        guard pointCount >= window else {
            throw .invalid("predict.history", "has \(pointCount) points; the model reads \(window)")
        }
        guard grid.time(pointCount + horizon - 1) != nil else {
            throw .invalid("predict.horizon", "reaches beyond the year 9999")
        }
    }

    private mutating func checkRegular(_ input: some ForecastInput) throws(RequestError) {
        let text = unsafe String(decoding: input.regularStep, as: UTF8.self)
        if !text.isEmpty {
            let field = "predict.history.regular.step"
            let step: TimeStep
            do throws(TimeTextError) {
                step = try TimeStep(parsing: text)
            } catch {
                throw .invalid(field, error.message)
            }
            guard step == plan.specification.step else {
                throw .invalid(field, "is \(step.text); the model's step is \(plan.specification.step.text)")
            }
        }
        guard Timestamp.range.contains(input.regularStart) else {
            throw .invalid("predict.history.regular.start_us", "lies outside the years 1 to 9999")
        }
        grid = TimeGrid(anchor: input.regularStart, step: plan.specification.step, zone: plan.zone)
        pointCount = requestPoints
    }

    private mutating func placeStamps(_ stamps: UnsafeBufferPointer<Int64>) throws(RequestError) {
        let specification = plan.specification
        for index in 0..<stamps.count where unsafe !Timestamp.range.contains(stamps[index]) {
            throw .invalid(Self.stampField(index), "lies outside the years 1 to 9999")
        }
        grid = unsafe TimeGrid(anchor: stamps[0], step: specification.step, zone: plan.zone)
        var previous = 0
        var hasGap = false
        places.append(0)
        for index in 1..<max(1, stamps.count) {
            let time = unsafe stamps[index]
            let before = unsafe stamps[index - 1]
            guard time > before else {
                throw .invalid(
                    Self.stampField(index),
                    "\(Timestamp.text(time)) \(time == before ? "repeats the point before" : "goes back in time")")
            }
            let place = grid.nearestIndex(to: time)
            guard let due = grid.time(place), abs(time - due) <= specification.toleranceMicroseconds else {
                throw .invalid(
                    Self.stampField(index),
                    "\(Timestamp.text(time)) is no whole number of steps of \(specification.step.text) after the first")
            }
            guard place > previous else {
                throw .invalid(Self.stampField(index), "\(Timestamp.text(time)) repeats the point before")
            }
            if place > previous + 1 {
                hasGap = true
                try checkGap(index, missing: previous + 1, place: place)
            }
            places.append(place)
            previous = place
        }
        pointCount = previous + 1
        if !hasGap {
            places.removeAll(keepingCapacity: true)
        }
    }

    private func checkGap(_ index: Int, missing: Int, place: Int) throws(RequestError) {
        if plan.specification.gapPolicy == .reject {
            let first = grid.time(missing).map(Timestamp.text) ?? "?"
            throw .invalid(Self.stampField(index), "comes after a gap: \(first) is missing")
        }
        guard place < Limits.historyPoints else {
            throw .invalid(
                "predict.history",
                "has more than \(Limits.historyPoints) points once its gaps are filled")
        }
    }

    private static func stampField(_ index: Int) -> String {
        "predict.history.timestamps_us[\(index)]"
    }
}
