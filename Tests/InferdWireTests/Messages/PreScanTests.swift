import CInferdProto
import InferdBase
import InferdTestSupport
import Testing

@testable import InferdWire

/// Bodies made to cost more than they weigh, or to be read differently.
struct PreScanTests {
    private func varint(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }

    private func field(_ number: Int, _ content: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(content.count) + content
    }

    private func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
        Array([[UInt8]](repeating: bytes, count: count).joined())
    }

    private func predictRefusal(_ body: [UInt8]) -> RequestError? {
        var arena = MessageArena()
        do throws(RequestError) {
            _ = unsafe try PredictMessage.decode(body.span.bytes, arena: &arena)
            return nil
        } catch {
            return error
        }
    }

    private func inferRefusal(_ body: [UInt8]) -> RequestError? {
        var arena = MessageArena()
        do throws(RequestError) {
            _ = unsafe try InferMessage.decode(body.span.bytes, arena: &arena)
            return nil
        } catch {
            return error
        }
    }

    @Test func countsAreBoundedWhateverTheirEncoding() {
        let most = Limits.historyPoints
        let double = [UInt8](repeating: 0, count: 8)
        #expect(predictRefusal(field(5, repeated(double, most))) == nil)
        let packed = predictRefusal(field(5, repeated(double, most + 1)))
        #expect(packed == .invalid("predict.quantiles", "more than \(most) elements"))
        // Singly, in parts, and both.
        let single = [0x29] + double
        #expect(predictRefusal(repeated(single, most)) == nil)
        #expect(predictRefusal(repeated(single, most + 1)) == packed)
        #expect(predictRefusal(field(5, repeated(double, most)) + single) == packed)
        #expect(predictRefusal(repeated(field(5, double), most + 1)) == packed)
        let shape = inferRefusal(field(1, field(3, [UInt8](repeating: 1, count: most + 1))))
        #expect(shape == .invalid("infer.inputs[0].shape", "more than \(most) elements"))
    }

    @Test func messagesAndTextsAreCountedSoonerThanNumbers() {
        let most = Limits.channels
        #expect(predictRefusal(repeated(field(4, []), most)) == nil)
        let bomb = repeated(field(4, []), 200_000)
        #expect(predictRefusal(bomb) == .invalid("predict.future", "more than \(most) elements"))
        #expect(inferRefusal(repeated(field(2, []), most)) == nil)
        #expect(inferRefusal(repeated(field(2, []), most + 1))?.field == "infer.outputs")
        #expect(inferRefusal(repeated(field(1, []), most + 1))?.field == "infer.inputs")
    }

    @Test func unknownFieldsAreBoundedInEveryMessage() {
        let most = Limits.channels
        let unknown: [UInt8] = [0x78, 1]
        #expect(predictRefusal(repeated(unknown, most)) == nil)
        let refused = predictRefusal(repeated(unknown, 200_000))
        #expect(refused == RequestError.invalid("predict", "more than \(most) unknown fields"))
        let nested = predictRefusal(field(4, []) + field(4, repeated(unknown, most + 1)))
        #expect(nested == .invalid("predict.future[1]", "more than \(most) unknown fields"))
        let models = #expect(throws: RequestError.self) {
            try unsafe EmptyMessage.check(repeated(unknown, most + 1).span.bytes, .models)
        }
        #expect(models == .invalid("models", "more than \(most) unknown fields"))
    }

    @Test func faultsAreNamedByTheirPath() {
        let channel = field(3, field(1, Array("ok".utf8)))
        let wrong = field(3, field(1, [0xFF]))
        #expect(
            predictRefusal(field(2, repeated(channel, 7) + wrong))
                == .invalid("predict.history.channels[7].name", "is not UTF-8"))
        #expect(
            predictRefusal(field(2, channel + field(3, [0x12, 3, 0])))
                == .invalid("predict.history.channels[1]", "the message ends within a field"))
        #expect(
            predictRefusal(field(2, field(2, [0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x09, 0, 0, 0, 0, 0, 0, 0, 0])))
                == .invalid("predict.history.regular.start_us", "is given twice"))
        #expect(predictRefusal([0x08, 1])?.message == "has wire type varint, not length-delimited")
    }

    @Test func unpackedHistoriesOfAnyLengthAreRead() {
        // Members of a message that come singly cost protobuf-c most; what is legal must fit the budget.
        let single: [UInt8] = [0x11] + [UInt8](repeating: 1, count: 8)
        for count in [1, 15, 17, 49, 113, 8_177, 16_369, Limits.historyPoints] {
            let channel = field(3, field(1, Array("c".utf8)) + repeated(single, count))
            #expect(predictRefusal(field(2, channel)) == nil, "\(count) values")
        }
        let narrow = field(3, repeated(single, 49))
        #expect(predictRefusal(field(2, repeated(narrow, Limits.channels))) == nil)
    }

    @Test func everyDescriptorFitsTheBitsKeptForIt() {
        unsafe checkFields(inferd_reply_descriptor())
        unsafe checkFields(inferd_hello_request_descriptor())
        unsafe checkFields(inferd_predict_request_descriptor())
        unsafe checkFields(inferd_infer_request_descriptor())
    }

    /// Of the message and of those within it.
    private func checkFields(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>) {
        #expect(unsafe descriptor.pointee.n_fields <= 32)
        for index in unsafe 0..<Int(descriptor.pointee.n_fields) {
            let field = unsafe descriptor.pointee.fields[index]
            guard unsafe field.type == PROTOBUF_C_TYPE_MESSAGE, let inner = unsafe field.descriptor else { continue }
            unsafe checkFields(inner.assumingMemoryBound(to: ProtobufCMessageDescriptor.self))
        }
    }
}
