import InferdBase
import InferdTestSupport
import Testing

@testable import InferdWire

/// Bytes that are no event, or no longer.
struct EventDamageTests {
    /// Reads all there is to read; whether that fails does not matter, only that it ends.
    @discardableResult
    private func readAll(_ bytes: [UInt8]) -> Bool {
        var text = OwnedBytes()
        let readsPrediction: ()? = try? {
            let reader = unsafe try PredictionEventReader(bytes.span.bytes)
            for point in 0..<reader.pointCount { _ = reader.value(at: point) }
            _ = try reader.quantiles()
            unsafe try EventJSON.append(.prediction, bytes.span.bytes, to: &text)
        }()
        _ = try? unsafe AccuracyEventReader.read(bytes.span.bytes)
        _ = try? unsafe EventJSON.append(.accuracy, bytes.span.bytes, to: &text)
        return readsPrediction != nil
    }

    @Test("Every prefix and every flipped bit is read or refused, and never traps")
    func damageNeverTraps() {
        for bytes in [SampleEvent().encoded(), SampleEvent.encoded(SampleEvent.accuracy)] {
            for length in 0..<bytes.count { readAll(Array(bytes[..<length])) }
            for bit in 0..<bytes.count * 8 {
                var damaged = bytes
                damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                readAll(damaged)
            }
        }
        #expect(readAll(SampleEvent().encoded()))
    }

    private func error(_ bytes: [UInt8]) -> EventError? {
        do throws(EventError) {
            _ = unsafe try PredictionEventReader(bytes.span.bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test("What is wrong with an event is said")
    func errorsSayWhatIsWrong() {
        let id: [UInt8] = [0x0A, 2, 0x18, 1]
        #expect(error([]) == EventError("an event without id"))
        #expect(error(id) == nil)
        #expect(error([0x0A, 3, 0x0A, 1, 7]) == EventError("a boot id has 1 bytes"))
        #expect(error(id + [0x3A, 0]) == EventError("field 7 is length-delimited, expected varint"))
        #expect(error(id + [0x38, 0x80, 0x80, 0x80, 0x80, 0x10]) == EventError("field 7 exceeds 32 bits"))
        #expect(error(id + [0x42, 3, 0, 0, 0]) == EventError("field 8 ends within a value"))
        #expect(error(id + [0x4A, 8, 0, 0, 0, 0, 0, 0, 0, 0]) == EventError("0 time stamps for 1 values"))
        #expect(error(id + [0x4A, 8]) == EventError("the message ends within a field"))
        // A field of a later version is passed over.
        #expect(error(id + [0xFA, 0x3F, 1, 9]) == nil)
    }

    @Test("A text that cannot be read leaves no half object behind")
    func failedJSONLeavesNothing() {
        var text = OwnedBytes(copying: unsafe [UInt8(ascii: "x")].span.bytes)
        let bytes = SampleEvent().encoded()
        #expect(throws: EventError.self) {
            unsafe try EventJSON.append(.prediction, bytes.span.bytes.extracting(first: bytes.count - 1), to: &text)
        }
        #expect(text.count == 1)
    }
}
