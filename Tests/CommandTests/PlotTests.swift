import Testing

@testable import inferd_cli

struct PlotTests {
    private func points(_ start: Int64, _ values: [Double]) -> [PlotSeries.Point] {
        values.enumerated().map { PlotSeries.Point(time: start + Int64($0) * 3_600_000_000, value: $1) }
    }

    private func plot() -> Plot {
        // 2013-11-24T00:00:00Z.
        let start: Int64 = 1_385_251_200_000_000
        let day: [Double] = [
            30, 29, 28, 28, 27, 27, 28, 30, 33, 36, 39, 41, 42, 43, 43, 42, 40, 38, 36, 35, 34, 33, 32, 31,
        ]
        return Plot(
            title: "temp (degF) by jfk version 1",
            series: [
                PlotSeries(role: .history, name: "history", points: points(start, day + day)),
                PlotSeries(role: .forecast, name: "forecast", points: points(start + 48 * 3_600_000_000, day)),
                PlotSeries(
                    role: .actual, name: "actual",
                    points: points(start + 48 * 3_600_000_000, day.prefix(12).map { $0 + 3 })),
            ], now: start + 47 * 3_600_000_000, zone: .utc)
    }

    @Test func unicodePlotIsAsItWas() {
        let text = plot().text(PlotStyle(width: 80, usesUnicode: true, usesColour: false))
        #expect(text == GoldenPlots.unicode)
    }

    @Test func asciiPlotIsAsItWas() {
        let text = plot().text(PlotStyle(width: 60, height: 10, usesUnicode: false, usesColour: false))
        #expect(text == GoldenPlots.ascii)
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func noLineIsWiderThanTold() {
        for width in [40, 57, 80, 200] {
            for usesUnicode in [true, false] {
                let style = PlotStyle(width: width, usesUnicode: usesUnicode, usesColour: false)
                // The title is as long as its name.
                let lines = plot().text(style).split(separator: "\n").dropFirst()
                #expect(lines.allSatisfy { $0.count <= width })
            }
        }
    }

    @Test func coloursAreOnlyAddedToTheSameText() {
        let plain = plot().text(PlotStyle(width: 80, usesUnicode: true, usesColour: false))
        let coloured = plot().text(PlotStyle(width: 80, usesUnicode: true, usesColour: true))
        #expect(coloured.contains("\u{1B}[36m"))
        #expect(coloured.replacing(/\x1B\[[0-9]+m/, with: "") == plain)
    }

    @Test func forecastIsSeenWhereItIsRight() {
        let flat = [Double](repeating: 5, count: 4)
        let right = Plot(
            title: "",
            series: [
                PlotSeries(role: .forecast, name: "forecast", points: points(0, flat)),
                PlotSeries(role: .actual, name: "actual", points: points(0, [5, 5, 5, 6])),
            ], zone: .utc)
        let unicode = right.text(PlotStyle(width: 60, usesUnicode: true, usesColour: false))
        #expect(unicode.count { $0 == "⊗" } == 4, "three points and the legend:\n\(unicode)")
        #expect(unicode.contains("⊗ both"))
        let ascii = right.text(PlotStyle(width: 60, usesUnicode: false, usesColour: false))
        #expect(ascii.count { $0 == "#" } == 4, "three points and the legend:\n\(ascii)")
        #expect(!plot().text(PlotStyle(width: 80, usesUnicode: false, usesColour: false)).contains("# both"))
    }

    @Test func forecastIsBolderThanHistory() {
        func dots(_ role: PlotSeries.Role) -> Int {
            let line = Plot(
                title: "", series: [PlotSeries(role: role, name: "", points: points(0, [3, 3, 3, 3]))], zone: .utc)
            return line.text(PlotStyle(width: 60, usesUnicode: true, usesColour: false)).unicodeScalars
                .filter { (0x2800...0x28FF).contains($0.value) }.map { ($0.value & 0xFF).nonzeroBitCount }
                .reduce(0, +)
        }
        #expect(dots(.forecast) >= 2 * dots(.history) - 4)
        #expect(dots(.history) > 50)
    }

    @Test func nothingToDrawIsNoText() {
        let empty = Plot(title: "x", series: [PlotSeries(role: .history, name: "h", points: [])], zone: .utc)
        #expect(empty.text(PlotStyle(width: 80, usesUnicode: true, usesColour: false)).isEmpty)
    }

    @Test(arguments: [
        [0.0], [5, 5, 5], [1e300, -1e300], [1e-300, 2e-300], [1, 1.0000000000000002], [-1.7e308, 1.7e308],
        [0, .leastNonzeroMagnitude],
    ])
    func oddValuesAreDrawn(values: [Double]) {
        let odd = Plot(
            title: "", series: [PlotSeries(role: .forecast, name: "f", points: points(0, values))], zone: .utc)
        for usesUnicode in [true, false] {
            let text = odd.text(PlotStyle(width: 60, usesUnicode: usesUnicode, usesColour: false))
            #expect(text.split(separator: "\n").count >= 18)
        }
    }

    @Test func valueTicksAreRound() {
        let axis = ValueAxis(minimum: 27, maximum: 46, maximumTicks: 5)
        #expect(axis.ticks == [25, 30, 35, 40, 45, 50])
        #expect(axis.ticks.map(axis.label) == ["25", "30", "35", "40", "45", "50"])
        let small = ValueAxis(minimum: -0.013, maximum: 0.021, maximumTicks: 5)
        #expect(small.ticks.map(small.label) == ["-0.02", "-0.01", "0.00", "0.01", "0.02", "0.03"])
    }

    @Test func timeTicksSuitTheSpan() {
        let start: Int64 = 1_385_251_200_000_000
        func labels(_ seconds: Int64) -> [String] {
            TimeAxis(from: start, to: start + seconds * 1_000_000, zone: .utc, maximumTicks: 5).ticks.map(\.label)
        }
        #expect(labels(40) == ["00:00:00", "00:00:10", "00:00:20", "00:00:30", "00:00:40"])
        #expect(labels(3600) == ["00:00", "00:15", "00:30", "00:45", "01:00"])
        #expect(labels(86_400 * 20) == ["Nov 25", "Dec 02", "Dec 09"])
        #expect(labels(86_400 * 120) == ["Dec", "Jan", "Feb", "Mar"])
        #expect(labels(86_400 * 366 * 7) == ["2014", "2016", "2018", "2020"])
    }
}
