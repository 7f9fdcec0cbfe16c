/// What one run of a model costs, by its number of rows.
struct StepCosts {
    /// Rows and microseconds, both rising.
    private let points: [(rows: Int, microseconds: Double)]

    /// - Parameter points: at least one, for different numbers of rows.
    init(_ points: [(rows: Int, microseconds: Double)]) {
        precondition(!points.isEmpty)
        self.points = points.sorted { $0.rows < $1.rows }
    }

    var maximumRows: Int { points[points.count - 1].rows }

    /// The least that a row costs, whatever the number that share a run.
    var perRow: Double {
        points.map { $0.microseconds / Double($0.rows) }.min() ?? 0
    }

    /// Of a run of `rows`, by a straight line between what was measured.
    subscript(rows: Int) -> Double {
        let above = points.firstIndex { $0.rows >= rows } ?? points.count - 1
        let (high, low) = (points[above], points[max(above - 1, 0)])
        if high.rows == low.rows { return high.microseconds }
        let share = Double(rows - low.rows) / Double(high.rows - low.rows)
        return low.microseconds + share * (high.microseconds - low.microseconds)
    }
}
