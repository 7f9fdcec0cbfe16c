import InferdBase
import InferdEngine
import InferdForecast
import InferdTestSupport
import InferdWire
import Testing

@testable import InferdScheduler

/// What a forecast's request held of its series' past, as it is recorded behind the event.
struct ObservationTests {
    private static let minute: Int64 = 60_000_000
    private static let eventBytes = 5

    private let model: StubForecast
    private let executor: ModelExecutor

    init() throws {
        model = try StubForecast(.direct, window: 4)
        executor = try model.executor(StubEngine(model.signature, model.script), rows: 1)
    }

    /// A series of a load of 1, 2, 3 and so on, from the tenth minute of 1970 on.
    private func request(_ series: String, points: Int) -> PredictValues {
        var values = PredictValues()
        values.seriesID = series
        values.regular = PredictValues.RegularTime(start: 10 * Self.minute, step: "")
        values.channels = [
            .init(name: "wind", values: Array(repeating: 99, count: points)),
            .init(name: "load", values: (1...points).map(Double.init)),
        ]
        values.future = [.init(name: "wind", values: [0, 0])]
        values.horizon = 2
        return values
    }

    /// Computes the forecast and calls `body` while it is finished and not released.
    private func finish(_ request: PredictValues, _ body: (FinishedRequest) throws -> Void) throws {
        let encoded = try RequestBody(request)
        try unsafe executor.join(0, kind: encoded.kind, body: encoded.bytes.span.bytes, receipt: ReceiptValues())
        while executor.activeCount > 0 { executor.step(limit: 1) }
        let finished = try #require(executor.nextFinished())
        defer { executor.release(finished) }
        #expect(finished.failure == nil)
        var reply = ReplyWriter()
        var receipt = ReceiptValues()
        try executor.write(finished, receipt: &receipt, reply: &reply)
        try body(finished)
    }

    private func record(_ finished: FinishedRequest, limit: Int, room: inout [UInt8]) -> Int? {
        var span = room.mutableSpan
        return unsafe executor.writeObservations(
            finished, limit: limit, after: Self.eventBytes, into: span.mutableBytes)
    }

    private func room(observations: Int) -> [UInt8] {
        Array(repeating: 0xAB, count: Self.eventBytes + ScoredPrediction.addedByteBound(observations: observations))
    }

    @Test("The newest points of the target are recorded behind the event, as many as are wanted", arguments: [1, 5, 9])
    func newestPoints(limit: Int) throws {
        try finish(request("s", points: 7)) { finished in
            let wanted = min(limit, 7)
            var room = room(observations: wanted)
            let byteCount = record(finished, limit: limit, room: &room)
            #expect(byteCount == room.count)
            #expect(Array(room[..<Self.eventBytes]) == Array(repeating: 0xAB, count: Self.eventBytes))
            guard let reader = unsafe ObservationReader(room.span.bytes) else {
                Issue.record("no observations are there")
                return
            }
            #expect(reader.count == wanted)
            #expect(reader.quantity == model.plan.quantity)
            #expect(reader.toleranceMicroseconds == 0)
            for index in 0..<reader.count {
                let place = 7 - wanted + index
                let time = reader.timeMicroseconds(at: index)
                let value = reader.value(at: index)
                #expect(time == Int64(10 + place) * Self.minute)
                #expect(value == Double(place + 1))
            }
        }
    }

    @Test("A series without a name has nothing recorded")
    func unnamedSeries() throws {
        try finish(request("", points: 7)) { finished in
            var room = room(observations: 7)
            let before = room
            #expect(record(finished, limit: 7, room: &room) == nil)
            #expect(room == before)
        }
    }

    @Test("Recording allocates nothing", .enabled(if: Allocations.areCounted))
    func recordingAllocatesNothing() throws {
        try finish(request("s", points: 1000)) { finished in
            var room = room(observations: Limits.scoredObservations)
            let before = Allocations.count
            let byteCount = record(finished, limit: Limits.scoredObservations, room: &room)
            #expect(Allocations.count == before)
            #expect(byteCount == room.count)
        }
    }
}
