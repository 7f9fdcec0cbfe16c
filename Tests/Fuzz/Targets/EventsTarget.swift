import InferdBase

@testable import InferdJournal
@testable import InferdWire

/// What is read back of recorded events. The input's first byte chooses: a message of either kind, or a ring.
enum EventsTarget {
    static func run(_ input: [UInt8]) throws(Finding) {
        guard let choice = input.first else { return }
        let rest = Array(input.dropFirst())
        switch choice % 3 {
        case 0:
            readPrediction(rest)
            try show(.prediction, rest)
            try readFollowed(rest)
        case 1:
            _ = try? unsafe AccuracyEventReader.read(rest.span.bytes)
            try show(.accuracy, rest)
        default:
            try recoverRing(rest)
        }
    }

    private static func readPrediction(_ event: [UInt8]) {
        do throws(EventError) {
            let reader = try unsafe PredictionEventReader(event.span.bytes)
            for point in 0..<reader.pointCount {
                _ = (reader.timestampMicroseconds(at: point), reader.value(at: point))
            }
            _ = try reader.quantiles()
        } catch {
            return
        }
    }

    /// What a ring has where forecasts are scored.
    private static func readFollowed(_ record: [UInt8]) throws(Finding) {
        let bytes = unsafe record.span.bytes
        guard let event = ScoredPrediction.event(in: bytes), let observations = ObservationReader(bytes) else {
            return try Finding.require(
                ScoredPrediction.event(in: bytes) == nil && ObservationReader(bytes) == nil,
                "an event without observations, or the reverse")
        }
        for index in 0..<observations.count {
            _ = (observations.timeMicroseconds(at: index), observations.value(at: index))
        }
        let rest = ScoredPrediction.addedByteBound(observations: observations.count)
        try Finding.require(event.byteCount + rest == bytes.byteCount, "\(event.byteCount) and \(rest) bytes")
        readPrediction(unsafe event.withUnsafeBytes { unsafe Array($0) })
    }

    /// JSON on one line, whatever the texts hold.
    private static func show(_ kind: EventKind, _ event: [UInt8]) throws(Finding) {
        var text = OwnedBytes()
        do { try unsafe EventJSON.append(kind, event.span.bytes, to: &text) } catch {
            return try Finding.require(text.isEmpty, "a failure leaves \(text.count) bytes")
        }
        let bytes = text.span
        for offset in bytes.byteOffsets {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            try Finding.require(byte >= 0x20, "a control character at \(offset)")
        }
        try Finding.require((try? UTF8Span(validating: Span(_bytes: bytes))) != nil, "no UTF-8")
    }

    /// The input is tail, head and its copy, then records. Where a record could begin its checksums are made
    /// right, which chance would not do.
    private static func recoverRing(_ input: [UInt8]) throws(Finding) {
        let capacity = RingLayout.minimumCapacity
        var file = OwnedBytes()
        file.resize(to: RingLayout.headerPageBytes + capacity)
        let places = [RingLayout.tailOffset, RingLayout.headOffset, RingLayout.headComplementOffset]
        for (offset, byte) in input.prefix(places.count * 8 + capacity).enumerated() {
            let place =
                offset < places.count * 8
                ? places[offset / 8] + offset % 8 : RingLayout.headerPageBytes + offset - places.count * 8
            var bytes = file.mutableSpan
            bytes.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
        }
        // Sound: the buffer keeps its length and outlives the ring.
        let ring = unsafe RingWords(base: file.baseAddress, capacity: capacity, identityCheck: 7)
        ring.repairChecks()
        guard let found = ring.recover() else { return }
        try Finding.require(try take(ring) == found.replayable, "\(found)")
        guard let again = ring.recover() else { throw Finding(description: "recovered, but not again") }
        try Finding.require(
            again.replayable == found.replayable && again.damaged + again.abandoned + again.unreadableBytes == 0,
            "\(found), then \(again)")
        _ = consume file
    }

    private static func take(_ ring: RingWords) throws(Finding) -> Int {
        var consumer = RingConsumerState(ring)
        var count = 0
        while let record = consumer.next() {
            let content = unsafe ring.bytes(at: consumer.payloadOffset(of: record), count: record.payloadBytes)
            try Finding.require(content.byteCount < RingLayout.minimumCapacity, "\(record)")
            consumer.advance(past: record)
            count += 1
        }
        consumer.checkInvariants()
        return count
    }
}

extension RingWords {
    fileprivate func repairChecks() {
        for offset in stride(from: 0, through: capacity - RingLayout.recordHeaderBytes, by: RingLayout.alignment) {
            let position = load(at: offset + RingLayout.positionOffset, as: UInt64.self)
            guard self.offset(of: position) == offset else { continue }
            store(headerCheck(at: offset), at: offset + RingLayout.headerCheckOffset)
            let byteCount = Int(load(at: offset + RingLayout.byteCountOffset, as: UInt32.self))
            if byteCount <= capacity - offset - RingLayout.recordHeaderBytes {
                store(
                    payloadCheck(byteCount: byteCount, at: offset), at: offset + RingLayout.payloadCheckOffset)
            }
        }
    }
}
