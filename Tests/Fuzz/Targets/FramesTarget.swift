import InferdBase
import InferdWire

/// `FrameScanner` and LZ4 on a stream, whole and in pieces. The input's first byte chooses the greatest
/// message (high four bits) and how many pieces take turns (low four bits), a byte for the length of each
/// follows, and then the stream.
enum FramesTarget {
    private static let greatestMessages = [16, 1024, 64 << 10, Limits.defaultFrameBytes, Limits.maximumFrameBytes]

    /// What becomes of a stream; offsets count from its start.
    private enum Event: Equatable {
        case frame(start: Int, isCompressed: Bool, payload: [UInt8], uncompressedBytes: Int)
        case refused(start: Int, RequestError)
        case incomplete(start: Int, needed: Int)
    }

    static func run(_ input: [UInt8]) throws(Finding) {
        guard let choice = input.first else { return }
        let greatest = greatestMessages[Int(choice >> 4) % greatestMessages.count]
        let lengths = input.dropFirst().prefix(Int(choice & 15)).map { Int($0) + 1 }
        let stream = Array(input.dropFirst(1 + lengths.count))
        let whole = try read(stream, inPieces: [max(stream.count, 1)], greatest)
        let split = try read(stream, inPieces: lengths.isEmpty ? [1] : lengths, greatest)
        try Finding.require(whole == split, "whole: \(whole), in pieces of \(lengths): \(split)")
        for case .frame(_, let isCompressed, let payload, let uncompressedBytes) in whole {
            if isCompressed {
                try decompress(payload, uncompressedBytes)
            } else {
                try compress(payload)
            }
        }
    }

    /// Feeds the stream as a socket does.
    private static func read(
        _ stream: [UInt8], inPieces lengths: [Int], _ greatest: Int
    ) throws(Finding) -> [Event] {
        var inbound = OwnedBytes()
        var events: [Event] = []
        var start = 0
        var offset = 0
        var turn = 0
        var needed = 0
        while true {
            while true {
                let scan = FrameScanner.scan(inbound.span, maximumMessageBytes: greatest)
                if case .incomplete(let more) = scan {
                    try Finding.require(more > inbound.count, "\(inbound.count) bytes are there, \(more) are needed")
                    needed = more
                    break
                }
                guard case .frame(let isCompressed, let payload, let uncompressedBytes, let total) = scan else {
                    if case .refused(let error) = scan { events.append(.refused(start: start, error)) }
                    return events
                }
                // A refusal may come sooner.
                try Finding.require(inbound.count >= needed, "\(inbound.count) bytes do, \(needed) were needed")
                needed = 0
                try check(payload, total, within: inbound.count)
                try Finding.require(uncompressedBytes <= greatest, "a message of \(uncompressedBytes) bytes")
                events.append(
                    .frame(
                        start: start, isCompressed: isCompressed,
                        payload: Array(stream[(start + payload.lowerBound)..<(start + payload.upperBound)]),
                        uncompressedBytes: uncompressedBytes))
                inbound.removeFirst(total)
                start += total
            }
            guard offset < stream.count else {
                events.append(.incomplete(start: start, needed: needed))
                return events
            }
            let end = min(offset + lengths[turn % lengths.count], stream.count)
            unsafe inbound.append(stream.span.bytes.extracting(offset..<end))
            offset = end
            turn += 1
        }
    }

    private static func check(_ payload: Range<Int>, _ total: Int, within count: Int) throws(Finding) {
        try Finding.require(
            payload.lowerBound >= FrameScanner.headerBytes && payload.upperBound == total && total <= count,
            "payload \(payload) of a frame of \(total) bytes, \(count) are there")
    }

    /// A declared size takes no memory that its block does not warrant.
    private static func decompress(_ block: [UInt8], _ uncompressedBytes: Int) throws(Finding) {
        var message = OwnedBytes()
        do {
            try unsafe FrameCompression.decompress(
                block.span.bytes, uncompressedBytes: uncompressedBytes, into: &message)
            try Finding.require(
                message.count == uncompressedBytes, "\(message.count) bytes instead of \(uncompressedBytes)")
            try unsafe compress(message.span.withUnsafeBytes { unsafe Array($0) })
        } catch let error as Finding {
            throw error
        } catch {
            try Finding.require(message.isEmpty, "\(message.count) bytes are left of a block that is refused")
        }
        try Finding.require(
            message.capacity <= 256 * block.count + 128,
            "a block of \(block.count) bytes took \(message.capacity)")
    }

    /// What is compressed comes back.
    private static func compress(_ message: [UInt8]) throws(Finding) {
        var bytes = OwnedBytes()
        var scratch = OwnedBytes()
        bytes.resize(to: FrameScanner.headerBytes)
        unsafe bytes.append(message.span.bytes)
        guard FrameCompression.compressFrame(at: 0, in: &bytes, scratch: &scratch) else { return }
        let scan = FrameScanner.scan(bytes.span, maximumMessageBytes: message.count)
        guard case .frame(true, let payload, let uncompressedBytes, bytes.count) = scan else {
            throw Finding(description: "a compressed frame scans as \(scan)")
        }
        var again = OwnedBytes()
        do throws(RequestError) {
            try FrameCompression.decompress(
                bytes.span.extracting(payload), uncompressedBytes: uncompressedBytes, into: &again)
        } catch {
            throw Finding(description: "what was compressed is refused: \(error)")
        }
        let isSame = unsafe again.span.withUnsafeBytes { unsafe Array($0) } == message
        try Finding.require(isSame, "what was compressed comes back as something else")
    }
}
