import InferdBase
import InferdTestSupport
import Testing

@testable import InferdWire

/// What stands behind an event whose series is followed.
struct ScoredPredictionTests {
    private struct Observation: Equatable {
        let time: Int64
        let value: Double
    }

    private func record(
        _ event: [UInt8], quantity: UInt64 = 7, tolerance: Int64 = 5, _ observations: [Observation]
    ) -> [UInt8] {
        let bound = event.count + ScoredPrediction.addedByteBound(observations: observations.count)
        var room = event + [UInt8](repeating: 0xEE, count: bound - event.count)
        var span = room.mutableSpan
        var writer = unsafe ObservationWriter(
            span.mutableBytes, after: event.count, quantity: quantity, toleranceMicroseconds: tolerance)
        for observation in observations {
            writer.append(timeMicroseconds: observation.time, value: observation.value)
        }
        let count = writer.finish()
        #expect(count == bound)
        return room
    }

    private func event(in record: [UInt8]) -> [UInt8]? {
        guard let event = unsafe ScoredPrediction.event(in: record.span.bytes) else { return nil }
        return unsafe event.withUnsafeBytes { unsafe Array($0) }
    }

    @Test("The layout is the documented one")
    func goldenBytes() {
        let bytes = record(
            [0xAA, 0xBB], quantity: 0x0807_0605_0403_0201, tolerance: -2, [Observation(time: 258, value: 1)])
        #expect(
            bytes == [
                0xAA, 0xBB,
                1, 2, 3, 4, 5, 6, 7, 8,
                0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                2, 1, 0, 0, 0, 0, 0, 0,
                0, 0, 0, 0, 0, 0, 0xF0, 0x3F,
                32, 0, 0, 0,
            ])
    }

    @Test("The event and the observations are read back as they were written")
    func roundTrip() {
        var generator = SeededGenerator(for: "roundTrip")
        for count in [0, 1, 2, 512] {
            let sample = SampleEvent(using: &generator).encoded()
            let observations = (0..<count).map { _ in
                Observation(
                    time: .random(in: .min ... .max, using: &generator),
                    value: .random(in: -1e9...1e9, using: &generator))
            }
            let bytes = record(sample, quantity: .max, tolerance: .max, observations)
            #expect(event(in: bytes) == sample)
            guard let reader = unsafe ObservationReader(bytes.span.bytes) else {
                Issue.record("\(count) observations are not read")
                continue
            }
            #expect(reader.quantity == .max)
            #expect(reader.toleranceMicroseconds == .max)
            var read: [Observation] = []
            for index in 0..<reader.count {
                read.append(Observation(time: reader.timeMicroseconds(at: index), value: reader.value(at: index)))
            }
            #expect(read == observations)
        }
    }

    @Test("Bytes whose last four do not fit them are no such record")
    func otherBytesAreRefused() {
        let whole = record([], [Observation(time: 1, value: 2)])
        #expect(event(in: whole) == [])
        // Each prefix ends in bytes that are no length, or in one that is too long.
        for count in 0..<whole.count {
            #expect(event(in: Array(whole[..<count])) == nil, "\(count) bytes")
        }
        for length in UInt8.min ... .max where length != 16 && length != 32 {
            var changed = whole
            changed[whole.count - 4] = length
            #expect(event(in: changed) == nil, "\(length) bytes of observations")
            if unsafe ObservationReader(changed.span.bytes) != nil { Issue.record("\(length) bytes are read") }
        }
        var changed = whole
        changed[whole.count - 1] = 0x80
        #expect(event(in: changed) == nil)
    }

    @Test("A body's points are bounded by its bytes, and by the limit")
    func observationsAreBounded() {
        #expect(ScoredPrediction.observationBound(bodyBytes: 0) == 0)
        #expect(ScoredPrediction.observationBound(bodyBytes: 87) == 10)
        #expect(ScoredPrediction.observationBound(bodyBytes: 1 << 20) == Limits.scoredObservations)
    }
}
