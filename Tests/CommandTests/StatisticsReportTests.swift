import InferdClient
import Testing

@testable import inferd_cli

struct StatisticsReportTests {
    private let statistics: ServerStatistics

    init() {
        var statistics = ServerStatistics()
        var near = ServerStatistics.ForecastAccuracy(model: "load", version: 3, horizon: 1...1)
        (near.points, near.mae, near.smape, near.coverage) = (12, 0.25, 0.125, 0.75)
        var far = ServerStatistics.ForecastAccuracy(model: "load", version: 3, horizon: 2...6)
        (far.points, far.mae, far.smape) = (60, 1234.5, 2)
        statistics.accuracy = [near, far]
        self.statistics = statistics
    }

    @Test func accuracyIsShownByStepsAhead() {
        #expect(
            StatisticsReport.table(statistics).hasSuffix(
                """

                accuracy of earlier forecasts
                model  version  steps ahead  points     mae  smape  coverage
                load         3            1      12  0.2500  0.125     0.750
                load         3          2-6      60    1235  2.000         -

                """))
        #expect(!StatisticsReport.table(ServerStatistics()).contains("accuracy"))
    }

    @Test func accuracyIsThereForPrograms() {
        let text = StatisticsReport.json(statistics).text()
        #expect(
            text.contains(
                """
                "model": "load",
                      "version": 3,
                      "horizon_from": 2,
                      "horizon_to": 6,
                      "points": 60,
                      "mae": 1234.5,
                      "smape": 2.0,
                      "coverage": null
                """), "\(text)")
        #expect(text.contains("\"coverage\": 0.75"))
        #expect(StatisticsReport.json(ServerStatistics()).text().contains("\"accuracy\": []"))
    }
}
