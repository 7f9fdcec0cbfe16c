import CInferdProto
import InferdBase
import InferdTestSupport
import Testing

@testable import InferdWire

struct MessageArenaTests {
    /// What protobuf-c would get for `size` bytes.
    private func allocate(_ size: Int, _ arena: borrowing MessageArena) -> UnsafeMutableRawPointer? {
        let allocator = unsafe arena.allocator
        return unsafe allocator.alloc(allocator.allocator_data, size)
    }

    @Test func theBudgetIsKept() {
        var arena = MessageArena()
        arena.reset(budget: 1_000)
        #expect(unsafe allocate(400, arena) != nil)
        let before = arena.isExhausted
        #expect(!before)
        #expect(unsafe allocate(700, arena) == nil)
        let after = arena.isExhausted
        #expect(after)
        // What still fits is given: protobuf-c cleans up with it.
        #expect(unsafe allocate(100, arena) != nil)
        arena.reset(budget: 1_000)
        let renewed = arena.isExhausted
        #expect(!renewed)
        #expect(unsafe allocate(700, arena) != nil)
    }

    @Test func sizesBeyondReasonAreRefused() {
        var arena = MessageArena()
        arena.reset(budget: .max)
        #expect(unsafe allocate(-1, arena) == nil)
        #expect(unsafe allocate(.max, arena) == nil)
        arena.reset(budget: 0)
        #expect(unsafe allocate(1, arena) == nil)
        #expect(unsafe allocate(.max, arena) == nil)
    }

    @Test func manySmallPiecesCountForTheRoomTheyTake() {
        var arena = MessageArena()
        arena.reset(budget: 16_000)
        var given = 0
        while unsafe allocate(1, arena) != nil { given += 1 }
        // Each takes 16 bytes.
        #expect(given <= 1_016 && given >= 1_000)
    }

    @Test func piecesAreAlignedAndApart() {
        var random = SeededGenerator(for: "piecesAreAlignedAndApart")
        var arena = MessageArena()
        for _ in 0..<50 {
            arena.reset(budget: 4 << 20)
            var pieces: [Range<UInt>] = []
            for _ in 0..<200 {
                let most = [8, 100, 3_000, 40_000].randomElement(using: &random) ?? 0
                let size = Int.random(in: 0...most, using: &random)
                guard let piece = unsafe allocate(size, arena) else { break }
                let start = UInt(bitPattern: piece)
                #expect(start % (size >= 64 ? 64 : 16) == 0)
                // Written to, so that a sanitizer sees what is not ours.
                unsafe piece.initializeMemory(as: UInt8.self, repeating: 0xA5, count: size)
                pieces.append(start..<start + UInt(size))
            }
            let sorted = pieces.filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
            #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
        }
    }

    @Test func anArenaInSteadyUseTakesNoMemory() {
        var arena = MessageArena()
        var places: [UInt] = []
        for _ in 0..<20 {
            arena.reset(budget: 1 << 20)
            // Together less than what is kept.
            for size in [40, 700, 9_000, 60_000] { _ = unsafe allocate(size, arena) }
            arena.reset(budget: 1 << 20)
            places.append(unsafe UInt(bitPattern: allocate(1, arena)))
        }
        // The first rounds find the room that is needed; after them it stays where it is.
        #expect(Set(places.dropFirst(3)).count == 1)
    }

    @Test func aLargeMessageLeavesNothingBehind() throws {
        var arena = MessageArena()
        for size in [3 << 20, 10] {
            var writer = RequestWriter()
            let payload = [UInt8](repeating: 1, count: size)
            var head = RequestHead(id: 1)
            head.model = "m"
            writer.begin(head)
            writer.writeInfer(
                [TensorValues(name: "x", type: .bool, shape: [Int64(size)], data: payload)], outputs: [])
            writer.end()
            let message = messages(in: writer.bytes)[0]
            let envelope = try unsafe Envelope.peek(message.span.bytes)
            let infer = unsafe try InferMessage.decode(message.span.bytes.extracting(envelope.body), arena: &arena)
            let tensor = unsafe infer.input(0)
            #expect(unsafe tensor.data.count == size && tensor.data.allSatisfy { $0 == 1 })
            // Elements may be read where they lie.
            #expect(unsafe size < 64 || UInt(bitPattern: tensor.data.baseAddress) % 64 == 0)
        }
    }
}
