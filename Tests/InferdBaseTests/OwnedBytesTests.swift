import InferdBase
import InferdTestSupport
import Testing

struct OwnedBytesTests {
    private func content(_ bytes: borrowing OwnedBytes) -> [UInt8] {
        unsafe bytes.span.withUnsafeBytes { unsafe Array($0) }
    }

    private func address(_ bytes: borrowing OwnedBytes) -> UInt {
        unsafe UInt(bitPattern: bytes.baseAddress)
    }

    @Test func anEmptyBufferHasNoMemory() {
        var bytes = OwnedBytes()
        #expect(bytes.capacity == 0 && bytes.isEmpty && bytes.span.isEmpty)
        #expect(address(bytes) % UInt(OwnedBytes.alignment) == 0)
        bytes.removeFirst(0)
        bytes.resize(to: 0)
        bytes.shrink(toCapacity: 0)
        unsafe bytes.append([UInt8]().span.bytes)
        #expect(bytes.capacity == 0)
        bytes.append(7)
        #expect(content(bytes) == [7] && bytes.capacity >= 1)
    }

    @Test func contentSurvivesGrowingAndStaysAligned() {
        var bytes = OwnedBytes()
        for value in 0..<10_000 { bytes.append(UInt8(truncatingIfNeeded: value)) }
        #expect(content(bytes) == (0..<10_000).map { UInt8(truncatingIfNeeded: $0) })
        #expect(address(bytes) % UInt(OwnedBytes.alignment) == 0)
        // Doubling: never more than twice what is needed.
        #expect(bytes.capacity < 20_000)
    }

    @Test func memoryIsKeptUntilItIsGivenBack() {
        var bytes = OwnedBytes()
        bytes.resize(to: 5_000)
        let capacity = bytes.capacity
        let place = address(bytes)
        bytes.removeAll()
        bytes.resize(to: 4_000)
        #expect(bytes.capacity == capacity && address(bytes) == place)
        bytes.shrink(toCapacity: 100)
        // Never content.
        #expect(bytes.capacity == 4_000 && bytes.count == 4_000)
        bytes.removeAll()
        bytes.shrink(toCapacity: 100)
        #expect(bytes.capacity == 100)
        bytes.shrink(toCapacity: 0)
        #expect(bytes.capacity == 0)
        bytes.append(1)
        #expect(content(bytes) == [1])
    }

    @Test func resizingBringsZerosEvenWhereContentWas() {
        var bytes = unsafe OwnedBytes(copying: [UInt8](repeating: 0xFF, count: 100).span.bytes)
        bytes.resize(to: 3)
        bytes.resize(to: 6)
        #expect(content(bytes) == [0xFF, 0xFF, 0xFF, 0, 0, 0])
    }

    @Test func appendingUninitializedCountsWhatWasWritten() {
        var bytes = OwnedBytes(capacity: 1)
        unsafe bytes.appendUninitialized(300) { room in
            #expect(room.count == 300)
            unsafe room[0] = 9
            return 1
        }
        #expect(content(bytes) == [9] && bytes.capacity >= 300)
        unsafe bytes.appendUninitialized(0) { _ in 0 }
        #expect(bytes.count == 1)
    }

    @Test func aFailedAppendLeavesTheContent() {
        struct Failure: Error {}
        var bytes = unsafe OwnedBytes(copying: [1, 2 as UInt8].span.bytes)
        do throws(Failure) {
            unsafe try bytes.appendUninitialized(10) { _ throws(Failure) in throw Failure() }
            Issue.record("nothing was thrown")
        } catch {}
        #expect(bytes.count == 2)
    }

    @Test func mutableSpanWritesThrough() {
        var bytes = unsafe OwnedBytes(copying: [1, 2, 3 as UInt8].span.bytes)
        var span = bytes.mutableSpan
        span.storeBytes(of: 9, toByteOffset: 1, as: UInt8.self)
        #expect(content(bytes) == [1, 9, 3])
    }

    @Test func behavesLikeAnArrayUnderRandomUse() {
        var random = SeededGenerator(for: "behavesLikeAnArrayUnderRandomUse")
        var bytes = OwnedBytes()
        var model: [UInt8] = []
        for _ in 0..<3_000 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1:
                let more = (0..<Int.random(in: 0...200, using: &random)).map { UInt8(truncatingIfNeeded: $0) }
                unsafe bytes.append(more.span.bytes)
                model += more
            case 2:
                let length = Int.random(in: 0...model.count, using: &random)
                bytes.removeFirst(length)
                model.removeFirst(length)
            case 3:
                let count = Int.random(in: 0...(model.count + 50), using: &random)
                bytes.resize(to: count)
                model = Array(model.prefix(count)) + [UInt8](repeating: 0, count: max(0, count - model.count))
            case 4:
                bytes.shrink(toCapacity: Int.random(in: 0...4_000, using: &random))
            default:
                bytes.reserve(Int.random(in: 0...1_000, using: &random))
            }
            #expect(bytes.count <= bytes.capacity)
            guard content(bytes) == model else {
                Issue.record("content differs")
                return
            }
        }
    }
}
