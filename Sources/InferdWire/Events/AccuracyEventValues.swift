/// What an `AccuracyEvent` says; the meaning of each field stands in `event.proto`.
package struct AccuracyEventValues: Equatable, Sendable {
    package var eventID: EventIdentifier
    package var model = ""
    package var version: UInt64 = 0
    package var seriesID = ""
    /// First and last step ahead of those scored together, counted from 1.
    package var horizon: ClosedRange<UInt32> = 1...1
    package var points: UInt32 = 0
    package var mae: MetricValue?
    package var smape: MetricValue?
    package var coverage: MetricValue?
    package var createdMicroseconds: Int64 = 0

    package init(eventID: EventIdentifier) {
        self.eventID = eventID
    }
}
