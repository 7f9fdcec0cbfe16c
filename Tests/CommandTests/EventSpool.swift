import Foundation
import InferdBase
import InferdJournal
import InferdTestSupport
import InferdWire

/// A spool with events as the daemon writes them, in a folder of its own.
final class EventSpool {
    /// Six o'clock on a day in 2013.
    static let start: Int64 = 1_385_272_800_000_000

    let folder: TemporaryDirectory
    let path: String
    private var writer: SpoolWriter<SystemSpoolFiles>
    private var sequence: UInt64 = 0

    init() throws {
        folder = try TemporaryDirectory()
        path = folder.appending("spool")
        let files = try SystemSpoolFiles(path: path)
        writer = try SpoolWriter(
            files: files, directory: files.directory, configuration: SpoolConfiguration(),
            bootID: BootID(high: 1, low: 2))
    }

    /// Writes a prediction of two points, with the bounds of one quantile, as a block of its own.
    func addPrediction(
        model: String = "jfk", series: String = "nyc", created: Int64 = start, reason: String = ""
    ) throws {
        let (model, series) = (Array(model.utf8), Array(series.utf8))
        let times = [Self.start + 3_600_000_000, Self.start + 7_200_000_000]
        let (values, levels, bounds) = ([40.5, 41.25], [0.9], [42.0, 43.5])
        sequence += 1
        var content = unsafe PredictionEventContent(
            eventID: EventIdentifier(bootIDHigh: 1, bootIDLow: 2, producer: 3, sequence: sequence),
            predictionKey: ContentHash(of: series.span.bytes, seed: 0), model: model.span.bytes, version: 2,
            seriesID: series.span.bytes, timestamps: times.span, values: values.span, quantileLevels: levels.span,
            quantileValues: bounds.span, traceparent: RawSpan())
        content.windowEndMicroseconds = Self.start
        content.createdMicroseconds = created
        var metrics = MetricValues()
        metrics.mae = MetricValue(value: 0.25, points: 2)
        content.metrics = metrics
        var bytes = OwnedBytes()
        bytes.resize(to: 2_000)
        let count = PredictionEventEncoder.encode(content, history: RawSpan(), into: bytes.mutableSpan)
        bytes.resize(to: count)
        try add(.prediction, bytes.span, reason: reason)
    }

    func addAccuracy() throws {
        sequence += 1
        var event = AccuracyEventValues(
            eventID: EventIdentifier(bootIDHigh: 1, bootIDLow: 2, producer: 3, sequence: sequence))
        event.model = "jfk"
        event.version = 2
        event.seriesID = "nyc"
        event.horizon = 1...6
        event.points = 4
        event.mae = MetricValue(value: 1.5, points: 4)
        event.createdMicroseconds = Self.start
        var bytes = OwnedBytes()
        bytes.resize(to: 2_000)
        let count = AccuracyEventEncoder.encode(event, into: bytes.mutableSpan)
        bytes.resize(to: count)
        try add(.accuracy, bytes.span)
    }

    func add(_ kind: EventKind?, _ payload: RawSpan, reason: String = "") throws {
        let reason = Array(reason.utf8)
        let now = SpoolInstant(monotonic: .now(), wallMicroseconds: Self.start)
        try unsafe writer.append(
            kind: kind?.rawValue ?? 200, payload: payload, reason: reason.span.bytes, now: now)
        try writer.flush(now: now)
    }

    /// Changes a byte at the end of the only segment.
    func damageLastBlock() throws {
        let segment = path + "/2013-11-24T06/0000000000000001.seg"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: segment))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(fileURLWithPath: segment))
    }
}
