import InferdBase
import InferdKafka

/// A source that is a list of texts; what was delivered is noted.
struct ListSource: EventSource, ~Copyable {
    private var bytes = OwnedBytes()
    private(set) var texts: [Range<Int>] = []
    private(set) var delivered: Set<Int> = []
    /// How often something was marked delivered that was so already.
    private(set) var repeatedMarks = 0
    private var position = 0
    var isPressed = false

    mutating func commit(_ text: String) {
        let start = bytes.count
        unsafe bytes.append(Array(text.utf8).span.bytes)
        texts.append(start..<bytes.count)
    }

    mutating func next() -> Int? {
        while position < texts.count, delivered.contains(position) { position += 1 }
        return position < texts.count ? position : nil
    }

    @_lifetime(borrow self)
    func payload(of record: Int) -> RawSpan {
        bytes.span.extracting(texts[record])
    }

    func kind(of record: Int) -> UInt8 { 1 }

    mutating func advance(past record: Int) {
        precondition(record == position)
        position += 1
    }

    mutating func markDelivered(_ record: Int) {
        if !delivered.insert(record).inserted { repeatedMarks += 1 }
    }

    mutating func rewind() { position = 0 }
    mutating func release() {}
    var pendingRecords: Int { texts.count - delivered.count }
}
