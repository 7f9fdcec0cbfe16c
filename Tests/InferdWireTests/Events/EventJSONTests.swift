import CInferdProto
import Foundation
import InferdBase
import InferdTestSupport
import Testing

@testable import InferdWire

struct EventJSONTests {
    private func json(_ kind: EventKind, _ bytes: [UInt8]) throws -> String {
        var text = OwnedBytes()
        unsafe try EventJSON.append(kind, bytes.span.bytes, to: &text)
        return EventFields.text(text.span)
    }

    @Test("A prediction event in JSON")
    func predictionEvent() throws {
        let trace = SampleEvent().traceparent
        #expect(
            try json(.prediction, SampleEvent().encoded()) == """
                {"event_id":{"boot_id":"00112233445566778899aabbccddeeff","producer":2,"sequence":300},\
                "prediction_key":"11121314151617180102030405060708","model":"temperature","version":7,\
                "series_id":"nyc \\"park\\"\\u000a","window_end_us":-5,"horizon":2,\
                "timestamps_us":[3600000000,7200000000],"values":[20.5,-1e-07],\
                "quantiles":[{"level":0.1,"values":[19.0,-2.0]},{"level":0.9,"values":[22.0,0.0]}],\
                "metrics":{"mae":{"value":0.25,"points":2},"coverage":{"value":0.0,"points":2}},\
                "receipt":{"receive_us":0.0,"queue_us":1.5,"decode_us":0.0,"precheck_us":0.0,\
                "check_uniform_us":0.0,"prepare_frame_us":0.0,"window_us":0.0,"model_us":0.0,\
                "inverse_scale_us":0.0,"metrics_us":0.0,"serialize_us":0.0,"publish_us":0.0,"total_us":250.0,\
                "model_runs":4,"batch_rows":0,"worker":0},\
                "traceparent":"\(trace)","created_us":1700000000000000,"filled_points":3}
                """)
    }

    @Test("An accuracy event in JSON")
    func accuracyEvent() throws {
        #expect(
            try json(.accuracy, SampleEvent.encoded(SampleEvent.accuracy)) == """
                {"event_id":{"boot_id":"00112233445566778899aabbccddeeff","producer":2,"sequence":300},\
                "model":"temperature","version":7,"series_id":"nyc","horizon_from":1,"horizon_to":6,"points":12,\
                "mae":{"value":0.5,"points":12},"smape":{"value":0.02,"points":12},"created_us":1700000000000000}
                """)
    }

    @Test("Every event's JSON is JSON")
    func everyEventIsJSON() throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        try SeedSweep.run("everyEventIsJSON", seeds: 100) { generator in
            var event = SampleEvent(using: &generator)
            event.seriesID = String(
                String.UnicodeScalarView(
                    (0..<20).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0x1_F600, using: &generator)) }))
            event.history = [0x1A, 13, 0x0A, 1, 0x74, 0x12, 8, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
            let shown = try decoder.decode(Shown.self, from: Data(json(.prediction, event.encoded()).utf8))
            try require(shown.seriesId == event.seriesID, "series")
            try require(shown.values == event.values, "values")
            try require(shown.history.channels.map(\.values) == [[1]], "history")
        }
    }

    /// Some of what an event's JSON holds.
    private struct Shown: Decodable {
        struct History: Decodable {
            struct Channel: Decodable {
                let values: [Double]
            }

            let channels: [Channel]
        }

        let seriesId: String
        let values: [Double]
        let history: History
    }

    /// Fields whose name, number or kind is another in the schema than in the message's descriptor.
    @safe
    private func differences(
        _ schema: EventSchema, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, path: String
    ) -> [String] {
        let fields = unsafe UnsafeBufferPointer(
            start: descriptor.pointee.fields, count: Int(descriptor.pointee.n_fields))
        guard fields.count == schema.fields.count else { return ["\(path): \(fields.count) fields"] }
        return unsafe zip(schema.fields, Array(fields)).flatMap { ours, theirs in
            let name = unsafe String(cString: theirs.name)
            guard ours.name == name, unsafe ours.number == theirs.id, unsafe ours.value.fits(theirs) else {
                return ["\(path): \(ours.name) is \(name)"]
            }
            switch ours.value {
            case .message(let schema), .messages(let schema):
                guard let message = unsafe theirs.descriptor else { return ["\(path): \(name) is no message"] }
                return unsafe differences(
                    schema, message.assumingMemoryBound(to: ProtobufCMessageDescriptor.self),
                    path: "\(path).\(name)")
            default: return []
            }
        }
    }

    @Test("JSON has the messages' names, numbers and kinds of fields, and all of them")
    func schemaIsThatOfTheMessages() {
        #expect(
            unsafe differences(.schema(of: .prediction), inferd_prediction_event_descriptor(), path: "prediction")
                == [])
        #expect(
            unsafe differences(.schema(of: .accuracy), inferd_accuracy_event_descriptor(), path: "accuracy") == [])
    }
}

extension EventSchema.Value {
    /// Whether a field of a message is written so.
    fileprivate func fits(_ field: ProtobufCFieldDescriptor) -> Bool {
        let isRepeated = unsafe field.label == PROTOBUF_C_LABEL_REPEATED
        let types: [ProtobufCType] =
            switch self {
            case .unsigned: [PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_UINT64]
            case .float: [PROTOBUF_C_TYPE_FLOAT]
            case .double, .doubles: [PROTOBUF_C_TYPE_DOUBLE]
            case .signed64, .signed64s: [PROTOBUF_C_TYPE_SFIXED64]
            case .text: [PROTOBUF_C_TYPE_STRING]
            case .hexadecimal: [PROTOBUF_C_TYPE_BYTES]
            case .message, .messages: [PROTOBUF_C_TYPE_MESSAGE]
            }
        let wantsRepeated =
            switch self {
            case .doubles, .signed64s, .messages: true
            default: false
            }
        return unsafe types.contains(field.type) && isRepeated == wantsRepeated
    }
}
