import Foundation
import InferdTestSupport
import InferdWire
import Testing

/// A daemon under load for a long time, before a broker that goes and comes back: for seconds in every run of the
/// tests, as long as `INFERD_SOAK_SECONDS` says by `make soak`.
struct SoakTests {
    private static let topic = "forecasts"
    /// Times that the broker goes and comes back.
    private static let outages = 3

    /// What was seen at one time.
    private struct Sample {
        let answers: Int
        let residentKibibytes: Int
    }

    private let seconds: Double

    init() {
        seconds = ProcessInfo.processInfo.environment["INFERD_SOAK_SECONDS"].flatMap(Double.init) ?? 6
    }

    /// Least squares: kibibytes for each answer.
    private func slope(_ samples: some Collection<Sample>) -> Double {
        let count = Double(samples.count)
        let meanAnswers = samples.reduce(0) { $0 + Double($1.answers) } / count
        let meanMemory = samples.reduce(0) { $0 + Double($1.residentKibibytes) } / count
        let products = samples.reduce(0) {
            $0 + (Double($1.answers) - meanAnswers) * (Double($1.residentKibibytes) - meanMemory)
        }
        let squares = samples.reduce(0) { $0 + pow(Double($1.answers) - meanAnswers, 2) }
        return squares == 0 ? 0 : products / squares
    }

    @Test func outagesUnderLoadNeitherLoseEventsNorTakeMemory() throws {
        let broker = try MockBroker()
        let scene = try EventScene(broker, topic: Self.topic)
        let daemon = try scene.start()
        try daemon.waitUntilReady()
        let load = EventLoad(scene)
        defer { load.finish() }
        try scene.wait { $0.delivered > 50 }
        var samples: [Sample] = []
        for outage in 1...Self.outages {
            for isUp in [true, false] {
                if isUp { try broker.comeUp() } else { try broker.goDown() }
                let end = Date(timeIntervalSinceNow: seconds / Double(2 * Self.outages))
                while Date.now < end {
                    samples.append(
                        Sample(answers: load.answerCount, residentKibibytes: try daemon.memory("VmRSS")))
                    usleep(UInt32(seconds * 1e6 / 100))
                }
            }
            // However short the outage was: it was seen.
            try scene.wait(seconds: 60) { $0.outages >= outage }
        }
        try broker.comeUp()
        load.finish()
        let events = try scene.wait(seconds: 120) { $0.pending == 0 && $0.isBalanced && $0.phase == "online" }
        #expect(load.faults == [])
        #expect(events.delivered == events.committed)
        #expect(events.committed >= load.answerCount)
        #expect(events.spooled > 0)
        #expect(events.deadLettered == 0 && events.deleted == 0 && events.damaged == 0, "\(events)")
        #expect(events.droppedRingFull == 0 && events.droppedTooLarge == 0 && events.rejected == 0, "\(events)")
        let growth = slope(samples.dropFirst(samples.count / 4))
        print(
            "\(load.answerCount) answers, \(events.outages) outages, \(events.spooled) spooled, \(events.replayed) sent "
                + "again; memory \(samples[0].residentKibibytes) to \(samples[samples.count - 1].residentKibibytes) KiB, "
                + "\(growth) KiB an answer over the last three quarters")
        // An event has some 600 bytes; over a short run what is only warming up is more than that.
        if seconds >= 300 { #expect(growth < 0.05) }
    }
}
