import InferdBase
import InferdJournal
import InferdTestSupport
import InferdWire
import Testing

@testable import InferdKafka

/// What the publisher sees of rings in which forecasts are followed.
struct ScoredEventsTests {
    private struct Shown: Equatable {
        let kind: UInt8
        let bytes: [UInt8]

        init(kind: UInt8, _ bytes: [UInt8]) {
            self.kind = kind
            self.bytes = bytes
        }

        init(_ event: [UInt8]) {
            self.init(kind: EventKind.prediction.rawValue, event)
        }

        var accuracy: AccuracyEventValues? {
            kind == EventKind.accuracy.rawValue ? try? unsafe AccuracyEventReader.read(bytes.span.bytes) : nil
        }
    }

    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func scoring(
        _ rings: borrowing ScoringFolder, buckets: [Int] = [1, 2]
    ) -> ScoredEvents {
        var configuration = AccuracyConfiguration()
        configuration.bucketEnds = buckets
        return ScoredEvents(
            RingEvents(recovered: rings.recovered.rings, rings: [rings.worker]), scoring: configuration,
            into: rings.scores)
    }

    /// Takes what there is, as the publisher does.
    private func takeAll(_ events: inout ScoredEvents, delivers: Bool = true) -> [Shown] {
        var shown: [Shown] = []
        while let record = events.next() {
            let kind = events.kind(of: record)
            shown.append(Shown(kind: kind, copy(events.payload(of: record))))
            events.advance(past: record)
            if delivers { events.markDelivered(record) }
        }
        events.release()
        return shown
    }

    private func copy(_ bytes: RawSpan) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }

    @Test("Records are shown as the events in them; scores follow the record that made them")
    func recordsAreShownAsEvents() throws {
        var rings = try ScoringFolder(folder)
        let first = try rings.commit(AccuracyRequest(through: 4, forecast: [6, 7, 0], bounds: 1))
        let plain = try rings.commit(AccuracyRequest(through: 4, forecast: [1]), isFollowed: false)
        let second = try rings.commit(AccuracyRequest(through: 6))
        let third = try rings.commit(AccuracyRequest(through: 6))
        var events = scoring(rings)
        #expect(events.pendingRecords == 4)
        let shown = takeAll(&events)
        #expect(shown.map(\.kind) == [1, 1, 1, 2, 2, 1])
        #expect([shown[0], shown[1], shown[2], shown[5]] == [first, plain, second, third].map(Shown.init))
        let near = try #require(shown[3].accuracy)
        #expect(near.eventID.producer == 1 && near.eventID.sequence == 1)
        #expect(near.eventID.bootIDHigh == rings.bootID.high && near.eventID.bootIDLow == rings.bootID.low)
        #expect(near.model == "m" && near.version == 1 && near.seriesID == "s" && near.horizon == 1...1)
        #expect(near.points == 1 && near.mae == MetricValue(value: 1, points: 1))
        #expect(near.smape == MetricValue(value: 2.0 / 11, points: 1))
        #expect(near.coverage == MetricValue(value: 1, points: 1))
        let far = try #require(shown[4].accuracy)
        #expect(far.eventID.sequence == 2 && far.horizon == 2...2 && far.mae?.value == 1)
        #expect(events.pendingRecords == 0)
        let news = events.takeSummary()
        let summary = try #require(news)
        #expect(summary.committed == 2 && summary.dropped == 0)
        #expect(summary.scores.map(\.sums.points) == [1, 1])
        let noNews = events.takeSummary()
        #expect(noNews == nil)
    }

    @Test("A forecast without a pair of quantiles has no coverage")
    func oneQuantileIsNoPair() throws {
        var rings = try ScoringFolder(folder)
        try rings.commit(AccuracyRequest(through: 4, forecast: [6]))
        try rings.commit(AccuracyRequest(through: 5))
        var events = scoring(rings)
        let scored = try #require(takeAll(&events).last?.accuracy)
        #expect(scored.mae?.value == 1 && scored.coverage == nil)
    }

    @Test("What is shown again after a broker's failure is not scored again")
    func rewoundRecordsAreScoredOnce() throws {
        var rings = try ScoringFolder(folder)
        try rings.commit(AccuracyRequest(through: 4, forecast: [6, 7]))
        try rings.commit(AccuracyRequest(through: 5))
        var events = scoring(rings)
        let before = takeAll(&events, delivers: false)
        events.rewind()
        let after = takeAll(&events)
        // The score's event, which has been there since, comes first now.
        #expect(after == [before[2], before[0], before[1]])
        try rings.commit(AccuracyRequest(through: 6))
        #expect(takeAll(&events).map(\.kind) == [1, 2])
        let news = events.takeSummary()
        #expect(news?.scores.map(\.sums.points) == [1, 1])
    }

    @Test("What an earlier life has left is published as plain events and not scored, whether scoring is on or not")
    func recoveredRecordsAreNotScored() throws {
        var wanted: [Shown] = []
        func leave() throws {
            var rings = try ScoringFolder(folder)
            wanted.append(Shown(try rings.commit(AccuracyRequest(through: 4, forecast: [6, 7]))))
            wanted.append(Shown(try rings.commit(AccuracyRequest(through: 5))))
            try rings.commit(AccuracyRequest(through: 6))
        }
        try leave()
        for isOn in [true, false] {
            let rings = try ScoringFolder(folder)
            var events =
                isOn
                ? scoring(rings)
                : ScoredEvents(RingEvents(recovered: rings.recovered.rings, rings: [rings.worker]))
            #expect(events.pendingRecords == 3)
            let shown = takeAll(&events, delivers: !isOn)
            #expect(Array(shown.prefix(2)) == wanted)
            #expect(shown.map(\.kind) == [1, 1, 1])
            let news = events.takeSummary()
            #expect(news == nil)
            let emptied = events.takeEmptied().count
            #expect(emptied == (isOn ? 0 : 1))
        }
    }

    @Test("Scores that find no room are counted, and the events go on")
    func fullScoresAreDropped() throws {
        var rings = try ScoringFolder(folder, scoreBytes: 1024)
        var events = scoring(rings)
        for end in 0..<20 as Range<Int64> {
            try rings.commit(AccuracyRequest(through: end, forecast: [0]))
        }
        // None is delivered, so that no room comes back.
        let shown = takeAll(&events, delivers: false)
        let news = events.takeSummary()
        let summary = try #require(news)
        #expect(shown.count { $0.kind == 1 } == 20)
        #expect(summary.committed > 0 && summary.dropped > 0)
        #expect(summary.committed + summary.dropped == 19)
        #expect(shown.count { $0.kind == 2 } == Int(summary.committed))
        #expect(summary.scores.map(\.sums.points) == [19])
    }

    @Test("Bytes that are no record of a followed forecast are shown as they are, or as far as they are one")
    func damagedRecordsAreShown() throws {
        var rings = try ScoringFolder(folder)
        try rings.commit([1, 2, 3], kind: ScoredPrediction.recordKind)
        let noEvent: [UInt8] = [0xFF] + Array(repeating: 0, count: 16) + [16, 0, 0, 0]
        try rings.commit(noEvent, kind: ScoredPrediction.recordKind)
        var events = scoring(rings)
        #expect(
            takeAll(&events) == [Shown(kind: ScoredPrediction.recordKind, [1, 2, 3]), Shown([0xFF])])
        let news = events.takeSummary()
        #expect(news == nil)
    }
}
