import Foundation
import Testing

@testable import InferdForecast

struct CalendarFieldTests {
    private func value(_ field: CalendarField, _ text: String) throws -> Int {
        let seconds = try Timestamp.parse(text, zone: nil) / 1_000_000
        let (days, second) = seconds.flooredQuotientAndRemainder(dividingBy: 86_400)
        return field.value(days: days, date: CivilDate(daysSinceEpoch: days), secondOfDay: second)
    }

    static let moments: [(CalendarField, String, Int, Double)] = [
        (.hour, "2024-12-31T23:59:59Z", 23, 1.0), (.hour, "1969-12-31T00:00:00Z", 0, 0),
        // A Tuesday.
        (.dayOfWeek, "2024-12-31T23:59:59Z", 1, 1.0 / 6), (.dayOfWeek, "2024-12-29T00:00:00Z", 6, 1),
        (.dayOfMonth, "2024-12-31T23:59:59Z", 30, 1), (.dayOfMonth, "2024-12-01T00:00:00Z", 0, 0),
        (.month, "2024-12-31T23:59:59Z", 11, 1), (.month, "2024-01-31T23:59:59Z", 0, 0),
        // Leap and plain years.
        (.dayOfYear, "2024-12-31T23:59:59Z", 365, 1), (.dayOfYear, "2023-12-31T23:59:59Z", 364, 365.0 / 366),
        (.dayOfYear, "2023-01-01T00:00:00Z", 0, 1.0 / 366), (.isoWeek, "2020-12-31T00:00:00Z", 52, 1),
        (.isoWeek, "2024-12-31T00:00:00Z", 0, 1.0 / 53), (.isoWeek, "2023-01-01T00:00:00Z", 51, 52.0 / 53),
    ]

    @Test(arguments: moments)
    func valuesAndTheirFractions(field: CalendarField, time: String, zeroBased: Int, scaled: Double) throws {
        #expect(try value(field, time) == zeroBased)
        #expect(field.scaled(zeroBased) == scaled)
    }

    @Test(arguments: CalendarField.allCases)
    func tablesHoldEveryValue(field: CalendarField) throws {
        let features = CalendarEncoding.allCases.map { ForecastSpecification.Feature.calendar(field, $0) }
        let plan = try ForecastSpecification.simple(others: features).plan()
        #expect(plan.columnCount == 1 + 3 + field.period)
        for value in 0..<field.period {
            let angle = 2 * Double.pi * Double(value) / Double(field.period)
            #expect(plan.calendar[0].table[value] == Float(sin(angle)))
            #expect(plan.calendar[1].table[value] == Float(cos(angle)))
            #expect(plan.calendar[2].table[value] == Float(field.scaled(value)))
            let row = plan.calendar[3].table[value * field.period..<(value + 1) * field.period]
            #expect(row.reduce(0, +) == 1 && row[row.startIndex + value] == 1)
        }
    }
}
