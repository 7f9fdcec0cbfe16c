/// Values over time, to be drawn.
struct PlotSeries {
    enum Role: Int, CaseIterable {
        // Later roles are drawn over earlier ones.
        case bounds, history, forecast, actual
        /// A forecast and an actual in the same place; drawn, never given.
        case match
    }

    struct Point: Equatable {
        /// Microseconds since 1970-01-01T00:00:00Z.
        var time: Int64
        var value: Double
    }

    var role: Role
    /// In the legend.
    var name: String
    /// Rising in time, finite.
    var points: [Point]
}
