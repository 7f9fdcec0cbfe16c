import InferdBase
import InferdJournal
import InferdTestSupport
import InferdWire

@testable import InferdKafka

/// The rings of one life of the daemon: a worker's, and that of scores.
struct ScoringFolder: ~Copyable {
    let rings: RingDirectory
    let recovered: RecoveredRings
    let bootID: BootID
    let worker: RingFile
    let scores: RingFile
    private var producer: RingProducer

    /// - Parameter folder: what earlier lives have left in it is recovered.
    init(_ folder: TemporaryDirectory, scoreBytes: Int = 1 << 16) throws {
        let bootID = BootID.random()
        let rings = try RingDirectory(path: folder.appending("rings"))
        let recovered = try rings.recover()
        let worker = try rings.makeRing(RingIdentity(bootID: bootID, producer: 0), capacity: 1 << 16)
        let scores = try rings.makeRing(RingIdentity(bootID: bootID, producer: 1), capacity: scoreBytes)
        self.rings = rings
        self.recovered = recovered
        self.bootID = bootID
        self.worker = worker
        self.scores = scores
        producer = RingProducer(worker)
    }

    /// Commits what a worker commits for the request; the bytes of its event alone.
    @discardableResult
    mutating func commit(_ request: AccuracyRequest, isFollowed: Bool = true) throws -> [UInt8] {
        let event = Self.encode(request, bootID, sequence: producer.nextEventSequence)
        let added = ScoredPrediction.addedByteBound(observations: request.past.count)
        guard let reservation = producer.reserve(byteCount: event.count + added) else {
            throw PropertyFailure("the ring is full")
        }
        Self.copy(event, to: producer.payload(of: reservation))
        if isFollowed {
            let byteCount = Self.write(request, after: event.count, into: producer.payload(of: reservation))
            producer.commit(reservation, kind: ScoredPrediction.recordKind, byteCount: byteCount)
        } else {
            producer.commit(reservation, kind: EventKind.prediction.rawValue, byteCount: event.count)
        }
        return event
    }

    /// Commits bytes that nobody vouches for.
    mutating func commit(_ bytes: [UInt8], kind: UInt8) throws {
        guard let reservation = producer.reserve(byteCount: bytes.count) else {
            throw PropertyFailure("the ring is full")
        }
        Self.copy(bytes, to: producer.payload(of: reservation))
        producer.commit(reservation, kind: kind, byteCount: bytes.count)
    }

    private static func copy(_ bytes: [UInt8], to room: consuming MutableRawSpan) {
        for (offset, byte) in bytes.enumerated() { room.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self) }
    }

    private static func write(
        _ request: AccuracyRequest, after count: Int, into room: consuming MutableRawSpan
    ) -> Int {
        var writer = ObservationWriter(
            room, after: count, quantity: request.series.quantity, toleranceMicroseconds: request.tolerance)
        for point in request.past { writer.append(timeMicroseconds: point.time, value: point.value) }
        return writer.finish()
    }

    private static func encode(
        _ request: AccuracyRequest, _ bootID: BootID, sequence: UInt64
    ) -> [UInt8] {
        let hasBounds = request.future.contains { !$0.lower.isNaN }
        let times = request.future.map(\.timeMicroseconds)
        let values = request.future.map(\.value)
        // Neither the order nor a level between them matters.
        let levels = hasBounds ? [0.5, 0.9, 0.1] : [0.5]
        let quantiles =
            hasBounds ? values + request.future.map(\.upper) + request.future.map(\.lower) : values
        var content = unsafe PredictionEventContent(
            eventID: EventIdentifier(
                bootIDHigh: bootID.high, bootIDLow: bootID.low, producer: 0, sequence: sequence),
            predictionKey: ContentHash(low: 1, high: 2), model: request.model.name.utf8Span.span.bytes,
            version: request.model.version, seriesID: request.series.id.utf8Span.span.bytes, timestamps: times.span,
            values: values.span, quantileLevels: levels.span, quantileValues: quantiles.span, traceparent: RawSpan())
        content.windowEndMicroseconds = request.windowEnd
        content.createdMicroseconds = 1
        var room = [UInt8](
            repeating: 0,
            count: PredictionEventEncoder.encodedByteBound(
                modelBytes: request.model.name.utf8.count, seriesIDBytes: request.series.id.utf8.count,
                traceparentBytes: 0, horizon: values.count, quantiles: levels.count))
        var span = room.mutableSpan
        let count = unsafe PredictionEventEncoder.encode(content, history: RawSpan(), into: span.mutableBytes)
        return Array(room[..<count])
    }
}
