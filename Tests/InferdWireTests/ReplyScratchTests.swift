import InferdBase
import Testing

@testable import InferdWire

/// A writer lies in each record of the daemon: what it keeps is kept thousands of times.
struct ReplyScratchTests {
    @Test func compressingALargeReplyKeepsNoMemory() {
        var writer = ReplyWriter()
        var state: UInt32 = 1
        let payload: [UInt8] = (0..<2_000_000).map { index in
            // Every other run of 100 bytes can be compressed to nothing, the rest not at all.
            state = state &* 1_664_525 &+ 1_013_904_223
            return index / 100 % 2 == 0 ? UInt8(truncatingIfNeeded: state >> 24) : 0
        }
        writer.beginFrame(id: 1)
        unsafe writer.writePing(payload: payload.span.bytes)
        writer.endFrame()
        let plain = writer.bytes.count
        writer.compressLastFrame()
        let compressed = writer.bytes.count
        #expect(compressed < plain && compressed > 500_000)
        let kept = writer.scratch.capacity
        #expect(kept <= 8 << 10)
        // And it works again.
        writer.bytes.removeAll()
        writer.beginFrame(id: 2)
        unsafe writer.writePing(payload: payload.span.bytes)
        writer.endFrame()
        writer.compressLastFrame()
        let again = writer.bytes.count
        #expect(again == compressed)
    }
}
