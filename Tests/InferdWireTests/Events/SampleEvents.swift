import InferdBase
import InferdTestSupport

@testable import InferdWire

/// Events for tests, and what owns the memory that they borrow.
struct SampleEvent {
    var eventID = EventIdentifier(
        bootIDHigh: 0x0011_2233_4455_6677, bootIDLow: 0x8899_AABB_CCDD_EEFF, producer: 2, sequence: 300)
    var key = ContentHash(low: 0x0102_0304_0506_0708, high: 0x1112_1314_1516_1718)
    var model = "temperature"
    var version: UInt64 = 7
    var seriesID = "nyc \"park\"\n"
    var timestamps: [Int64] = [3_600_000_000, 7_200_000_000]
    var values = [20.5, -1e-7]
    var levels = [0.1, 0.9]
    var quantileValues = [19.0, -2, 22, 0]
    var traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    var windowEnd: Int64 = -5
    var metrics: MetricValues?
    var receipt = ReceiptValues()
    var created: Int64 = 1_700_000_000_000_000
    var filledPoints: UInt32 = 3
    /// Of one channel.
    var history: [UInt8] = []

    init() {
        receipt.queue = 1.5
        receipt.total = 250
        receipt.modelRuns = 4
        var metrics = MetricValues()
        metrics.mae = MetricValue(value: 0.25, points: 2)
        metrics.coverage = MetricValue(value: 0, points: 2)
        self.metrics = metrics
    }

    /// With everything drawn at random, the longest lengths included.
    init(using generator: inout SeededGenerator) {
        self.init()
        func text(atMost length: Int) -> String {
            String(repeating: "x", count: .random(in: 0...length, using: &generator))
        }
        func number() -> UInt64 {
            let value = UInt64.random(in: .min ... .max, using: &generator)
            return value >> UInt64.random(in: 0...63, using: &generator)
        }
        eventID = EventIdentifier(
            bootIDHigh: number(), bootIDLow: number(), producer: UInt32(truncatingIfNeeded: number()),
            sequence: number())
        (version, windowEnd, created) = (number(), Int64(truncatingIfNeeded: number()), Int64(bitPattern: number()))
        filledPoints = UInt32(truncatingIfNeeded: number())
        (model, seriesID, traceparent) = (text(atMost: 64), text(atMost: 256), text(atMost: 128))
        let horizon = Int.random(in: 0...40, using: &generator)
        timestamps = (0..<horizon).map { _ in Int64(bitPattern: number()) }
        values = timestamps.map { Double($0) }
        levels = (0..<Int.random(in: 0...32, using: &generator)).map { Double($0) / 32 }
        quantileValues = (0..<levels.count * horizon).map(Double.init)
        if Bool.random(using: &generator) {
            let metric = MetricValue(value: .pi, points: .max)
            metrics?.mae = metric
            metrics?.rmse = metric
            metrics?.mape = metric
            metrics?.smape = metric
            metrics?.mase = metric
            metrics?.coverage = metric
        } else {
            metrics = nil
        }
        receipt.publish = .pi
        (receipt.modelRuns, receipt.batchRows, receipt.worker) = (.max, .max, .max)
    }

    var byteBound: Int {
        PredictionEventEncoder.encodedByteBound(
            modelBytes: model.utf8.count, seriesIDBytes: seriesID.utf8.count,
            traceparentBytes: traceparent.utf8.count, horizon: values.count, quantiles: levels.count,
            historyBytes: history.count)
    }

    /// Encodes into room of the size that was promised to be enough.
    func encoded() -> [UInt8] {
        var room = [UInt8](repeating: 0xEE, count: byteBound)
        let count = encode(into: &room)
        return Array(room[..<count])
    }

    func encode(into room: inout [UInt8]) -> Int {
        var content = unsafe PredictionEventContent(
            eventID: eventID, predictionKey: key, model: model.utf8Span.span.bytes, version: version,
            seriesID: seriesID.utf8Span.span.bytes, timestamps: timestamps.span, values: values.span,
            quantileLevels: levels.span, quantileValues: quantileValues.span,
            traceparent: traceparent.utf8Span.span.bytes)
        content.windowEndMicroseconds = windowEnd
        content.metrics = metrics
        content.receipt = receipt
        content.createdMicroseconds = created
        content.filledPoints = filledPoints
        var target = room.mutableSpan
        return unsafe PredictionEventEncoder.encode(content, history: history.span.bytes, into: target.mutableBytes)
    }

    static var accuracy: AccuracyEventValues {
        var event = AccuracyEventValues(eventID: SampleEvent().eventID)
        event.model = "temperature"
        event.version = 7
        event.seriesID = "nyc"
        event.horizon = 1...6
        event.points = 12
        event.mae = MetricValue(value: 0.5, points: 12)
        event.smape = MetricValue(value: 0.02, points: 12)
        event.createdMicroseconds = 1_700_000_000_000_000
        return event
    }

    static func encoded(_ event: AccuracyEventValues) -> [UInt8] {
        var room = [UInt8](
            repeating: 0xEE,
            count: AccuracyEventEncoder.encodedByteBound(
                modelBytes: event.model.utf8.count, seriesIDBytes: event.seriesID.utf8.count))
        var target = room.mutableSpan
        let count = unsafe AccuracyEventEncoder.encode(event, into: target.mutableBytes)
        return Array(room[..<count])
    }
}
