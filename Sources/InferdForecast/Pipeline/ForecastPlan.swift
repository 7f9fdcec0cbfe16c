import Glibc
import InferdBase

/// A specification made ready: columns laid out, calendar tables computed. Shared by all threads.
package final class ForecastPlan: Sendable {
    /// A channel of the model.
    struct ChannelColumn: Sendable {
        let name: String
        let nameBytes: [UInt8]
        let column: Int
        /// Never set for the target.
        let isKnownInFuture: Bool
        let scaler: Scaler
    }

    /// A calendar feature: for each value of its field, the columns' content.
    struct CalendarColumns: Sendable {
        let field: CalendarField
        let column: Int
        let width: Int
        /// `period` times `width`.
        let table: [Float]
    }

    package let specification: ForecastSpecification
    let zone: TimeZoneRules
    /// In the model's order; the target is the first.
    let channels: [ChannelColumn]
    let calendar: [CalendarColumns]
    /// Columns of the window tensor.
    package let columnCount: Int
    /// The window's columns that the future tensor holds: known covariates and calendar, in order.
    package let futureColumns: [Int]
    /// Index of 0.5 among the model's quantiles; 0 for a point forecast.
    package let medianIndex: Int
    /// Values a point of the output has: quantiles, or 1.
    package let valuesPerPoint: Int
    /// A stateful model whose window tensor takes one row at a time.
    package let takesSingleRows: Bool
    /// Stands for what is forecast: models of one target and one step forecast the same of a series.
    package let quantity: UInt64

    /// - Parameter takesSingleRows: for stateful models, whether the window is fed row by row.
    package init(
        _ specification: ForecastSpecification, zone: TimeZoneRules, takesSingleRows: Bool = false
    ) throws(ForecastSpecificationError) {
        try specification.validate()
        self.specification = specification
        self.zone = zone
        self.takesSingleRows = takesSingleRows
        var channels: [ChannelColumn] = []
        var calendar: [CalendarColumns] = []
        var covariateColumns: [Int] = []
        var calendarColumns: [Int] = []
        var column = 0
        for feature in specification.features {
            switch feature {
            case .channel(let channel):
                let isKnown = column > 0 && channel.isKnownInFuture
                channels.append(
                    ChannelColumn(
                        name: channel.name, nameBytes: Array(channel.name.utf8), column: column,
                        isKnownInFuture: isKnown, scaler: channel.scaler))
                if isKnown { covariateColumns.append(column) }
                column += 1
            case .calendar(let field, let encoding):
                let columns = Self.columns(field, encoding, at: column)
                calendar.append(columns)
                calendarColumns.append(contentsOf: column..<column + columns.width)
                column += columns.width
            }
        }
        self.channels = channels
        self.calendar = calendar
        columnCount = column
        futureColumns = covariateColumns + calendarColumns
        medianIndex = specification.quantiles.firstIndex(of: 0.5) ?? 0
        valuesPerPoint = max(1, specification.quantiles.count)
        quantity = Self.quantity(target: channels[0].name, step: specification.step)
    }

    private static func quantity(target: String, step: TimeStep) -> UInt64 {
        // The step's text has no NUL, so that no two pairs have the same bytes.
        let text = Array("\(step.text)\0\(target)".utf8)
        return unsafe ContentHash(of: text.span.bytes, seed: 0).low
    }

    private static func columns(
        _ field: CalendarField, _ encoding: CalendarEncoding, at column: Int
    ) -> CalendarColumns {
        let period = field.period
        let table: [Float]
        switch encoding {
        case .sin:
            table = (0..<period).map { Float(Glibc.sin(2 * Double.pi * Double($0) / Double(period))) }
        case .cos:
            table = (0..<period).map { Float(Glibc.cos(2 * Double.pi * Double($0) / Double(period))) }
        case .scaled:
            table = (0..<period).map { Float(field.scaled($0)) }
        case .oneHot:
            table = (0..<period * period).map { $0 / period == $0 % period ? 1 : 0 }
        }
        return CalendarColumns(field: field, column: column, width: table.count / period, table: table)
    }

    /// Runs that a horizon takes.
    package func runCount(horizon: Int) -> Int {
        switch specification.decode {
        case .direct: 1
        case .autoregressive(let chunk): (horizon + chunk - 1) / chunk
        case .stateful: horizon + (takesSingleRows ? specification.window - 1 : 0)
        }
    }
}
