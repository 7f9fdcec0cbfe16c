/// A file of values over time: a table, one column of which holds time stamps.
struct SeriesFile {
    let table: CSVTable
    let timeColumn: Int
    /// The rows' time stamps in microseconds since 1970-01-01T00:00:00Z, in the file's order.
    let times: [Int64]

    /// Reads the stamps. `timeColumn` nil: the first column. Stamps without an offset are in `zone`.
    init(_ table: CSVTable, timeColumn: String?, zone: Zone, choice: Zone.Choice) throws(CommandFailure) {
        self.table = table
        if let timeColumn {
            self.timeColumn = try table.column(timeColumn, option: "--time-column")
        } else {
            self.timeColumn = 0
        }
        var times: [Int64] = []
        times.reserveCapacity(table.rows.count)
        for row in table.rows {
            times.append(try Self.time(table, row, self.timeColumn, zone, choice))
        }
        self.times = times
    }

    private static func time(
        _ table: CSVTable, _ row: CSVTable.Row, _ column: Int, _ zone: Zone, _ choice: Zone.Choice
    ) throws(CommandFailure) -> Int64 {
        let text = row.fields[column].trimmed
        if text.isEmpty { throw table.failure(row, column, "the time stamp is empty") }
        do throws(TimeStampError) {
            return try zone.instant(parsing: text, choice: choice)
        } catch {
            throw table.failure(row, column, error.message)
        }
    }

    /// Values of a column by time; empty fields are left out. Throws where a time stands twice.
    func valuesByTime(column: Int) throws(CommandFailure) -> [Int64: Double] {
        var values: [Int64: Double] = [:]
        for (row, time) in zip(table.rows, times) {
            guard let value = try table.optionalNumber(row, column) else { continue }
            if values.updateValue(value, forKey: time) != nil {
                throw table.failure(row, timeColumn, "the time \(row.fields[timeColumn]) stands twice")
            }
        }
        return values
    }
}
