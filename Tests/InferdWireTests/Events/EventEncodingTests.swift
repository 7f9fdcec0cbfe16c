import CInferdProto
import InferdBase
import InferdTestSupport
import Testing

@testable import InferdWire

struct EventEncodingTests {
    /// The bytes that protobuf-c makes of an event after it has read it; nil when it cannot.
    private func rewritten(_ kind: EventKind, _ bytes: [UInt8]) -> [UInt8]? {
        let descriptor =
            unsafe kind == .prediction ? inferd_prediction_event_descriptor() : inferd_accuracy_event_descriptor()
        guard let message = unsafe protobuf_c_message_unpack(descriptor, nil, bytes.count, bytes) else { return nil }
        defer { unsafe protobuf_c_message_free_unpacked(message, nil) }
        var packed = [UInt8](repeating: 0, count: unsafe protobuf_c_message_get_packed_size(message))
        let count = unsafe protobuf_c_message_pack(message, &packed)
        return Array(packed[..<count])
    }

    @Test("protobuf-c reads a prediction event, and would write the same bytes")
    func predictionIsWhatProtobufWrites() throws {
        var event = SampleEvent()
        #expect(rewritten(.prediction, event.encoded()) == event.encoded())
        // One channel named "t" with the value 1.
        event.history = [0x1A, 13, 0x0A, 1, 0x74, 0x12, 8, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
        #expect(rewritten(.prediction, event.encoded()) == event.encoded())
        event.metrics = nil
        event.levels = [0.5]
        event.quantileValues = Array(repeating: 1, count: 40)
        event.values = event.quantileValues
        event.timestamps = Array(repeating: 0, count: 40)
        #expect(rewritten(.prediction, event.encoded()) == event.encoded())
    }

    @Test("protobuf-c reads an accuracy event, and would write the same bytes")
    func accuracyIsWhatProtobufWrites() {
        var event = SampleEvent.accuracy
        #expect(rewritten(.accuracy, SampleEvent.encoded(event)) == SampleEvent.encoded(event))
        event.coverage = MetricValue(value: 1, points: .max)
        event.horizon = UInt32.max...UInt32.max
        event.points = .max
        event.version = .max
        event.eventID = EventIdentifier(bootIDHigh: .max, bootIDLow: .max, producer: .max, sequence: .max)
        event.createdMicroseconds = .min
        #expect(rewritten(.accuracy, SampleEvent.encoded(event)) == SampleEvent.encoded(event))
    }

    @Test("The bound is never too low, and what is written is read again")
    func boundHoldsAndWritingIsReadAgain() throws {
        try SeedSweep.run("boundHoldsAndWritingIsReadAgain", seeds: 300) { generator in
            let event = SampleEvent(using: &generator)
            // Traps when the bound is too low.
            let bytes = event.encoded()
            try require(rewritten(.prediction, bytes) == bytes, "protobuf-c writes it otherwise")
            let reader = unsafe try PredictionEventReader(bytes.span.bytes)
            try require(reader.headers.eventID == event.eventID, "event id")
            try require(EventFields.text(reader.headers.model) == event.model, "model")
            try require(EventFields.text(reader.headers.seriesID) == event.seriesID, "series")
            try require(EventFields.text(reader.headers.traceparent) == event.traceparent, "traceparent")
            try require(reader.headers.version == event.version, "version")
            try require(reader.windowEndMicroseconds == event.windowEnd, "window end")
            try require(reader.createdMicroseconds == event.created, "created")
            try require(reader.filledPoints == event.filledPoints, "filled points")
            try require(reader.metrics == event.metrics, "metrics")
            try require(reader.horizon == event.values.count && reader.pointCount == event.values.count, "horizon")
            for point in 0..<reader.pointCount {
                try require(reader.timestampMicroseconds(at: point) == event.timestamps[point], "time \(point)")
                try require(reader.value(at: point) == event.values[point], "value \(point)")
            }
            let quantiles = try reader.quantiles()
            try require(quantiles.map(\.level) == event.levels, "levels")
            try require(quantiles.flatMap(\.values) == event.quantileValues, "quantiles")
        }
    }

    @Test("The event of the longest forecast fits half a ring")
    func longestEventFitsHalfARing() {
        let bound = PredictionEventEncoder.encodedByteBound(
            modelBytes: Limits.modelNameBytes, seriesIDBytes: Limits.seriesIDBytes,
            traceparentBytes: Limits.traceparentBytes, horizon: Limits.horizon, quantiles: Limits.quantiles)
        #expect(bound < Limits.ringBytes / 2 - 64)
    }

    @Test("An accuracy event is read as it was written")
    func accuracyIsReadAgain() throws {
        let event = SampleEvent.accuracy
        let bytes = SampleEvent.encoded(event)
        #expect(try unsafe AccuracyEventReader.read(bytes.span.bytes) == event)
        let headers = try unsafe EventHeaders(kind: .accuracy, bytes.span.bytes)
        #expect(headers.eventID == event.eventID)
        #expect(EventFields.text(headers.seriesID) == "nyc")
    }

    @Test("Encoding and reading headers allocate nothing", .enabled(if: Allocations.areCounted))
    func encodingAllocatesNothing() throws {
        let event = SampleEvent()
        var room = [UInt8](repeating: 0, count: event.byteBound)
        let before = Allocations.count
        var written = 0
        for _ in 0..<100 { written = event.encode(into: &room) }
        let headers = try unsafe EventHeaders(kind: .prediction, room.span.bytes.extracting(first: written))
        let allocations = Allocations.count - before
        #expect(allocations == 0)
        #expect(headers.eventID == event.eventID)
    }

    @Test("Event ids are shown with the boot id's leading zeros")
    func eventIDText() {
        #expect(SampleEvent().eventID.text == "00112233445566778899aabbccddeeff-2-300")
    }
}
