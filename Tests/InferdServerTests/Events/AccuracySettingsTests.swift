import InferdBase
import InferdKafka
import InferdServer
import Testing

/// How the scoring of forecasts is configured.
struct AccuracySettingsTests {
    private func settings(_ accuracy: String) throws -> EventSettings {
        var configuration = ServerConfiguration()
        configuration.events.isEnabled = true
        configuration.events.directory = "events"
        try configuration.apply(yaml: "events: {accuracy: \(accuracy)}")
        try configuration.check()
        return configuration.events
    }

    @Test("What is not said is as the defaults are")
    func defaults() throws {
        var settings = try settings("{enabled: true}")
        #expect(settings.scoresForecasts)
        #expect(settings.accuracy == AccuracyConfiguration())
        settings = try self.settings("{buckets: [2, 12], max_series: 7, max_points_per_series: 12}")
        #expect(!settings.scoresForecasts)
        #expect(settings.accuracy.bucketEnds == [2, 12])
        #expect(settings.accuracy.maximumSeries == 7)
        #expect(settings.accuracy.maximumPointsPerSeries == 12)
    }

    @Test(
        "What makes no sense is told by its key",
        arguments: [
            ("{enabled: often}", ["'events.accuracy.enabled'", "line 1"]),
            ("{series: 1}", ["unknown key 'events.accuracy.series'"]),
            ("{max_series: 0}", ["'events.accuracy.max_series'", "from 1"]),
            ("{max_points_per_series: 70000}", ["'events.accuracy.max_points_per_series'", "65536"]),
            ("{buckets: 6}", ["'events.accuracy.buckets'", "a list of whole numbers"]),
            ("{buckets: [1, 0]}", ["'events.accuracy.buckets[1]'", "from 1"]),
            ("{buckets: []}", ["'events.accuracy'", "at least one"]),
            ("{buckets: [6, 6]}", ["'events.accuracy'", "rise"]),
            ("{buckets: [600]}", ["'events.accuracy'", "'max_points_per_series'"]),
        ])
    func refusals(accuracy: String, texts: [String]) throws {
        let error = try #require(throws: ServerError.self) { try settings(accuracy) }
        for text in texts { #expect(error.message.contains(text), "\(error.message)") }
    }
}
