import InferdBase
import InferdJournal
import InferdTestSupport
import InferdWire

/// The events of predictions that were found where they end, and what is wrong with them.
struct FoundEvents {
    /// How often each was found.
    private(set) var counts: [EventIdentifier: Int] = [:]
    /// Values by series.
    private(set) var values: [String: [Double]] = [:]
    private var series: [EventIdentifier: String] = [:]
    /// What of them contradicts itself.
    private(set) var faults: [String] = []

    init() {}

    /// Reads a spool, which must be intact.
    init(spool path: String) throws {
        var reader = SpoolReader(directory: try SpoolDirectory(path: path))
        var block = SpoolBlock()
        while case let step = try reader.next(into: &block), step != .end {
            guard step == .block else { continue }
            for record in block.records {
                if record.kind != EventKind.prediction.rawValue { faults.append("a record of kind \(record.kind)") }
                try add(block.payload(of: record))
            }
        }
        if !reader.report.isIntact { faults.append("the spool is not intact: \(reader.report)") }
    }

    /// Takes in the payloads of messages, in protobuf.
    init(_ messages: [ConsumedMessage]) throws {
        for message in messages { try unsafe add(message.bytes.span.bytes) }
    }

    private mutating func add(_ payload: RawSpan) throws {
        let event = try PredictionEventReader(payload)
        let id = event.headers.eventID
        let name = unsafe event.headers.seriesID.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        var found: [Double] = []
        for point in 0..<event.pointCount { found.append(event.value(at: point)) }
        counts[id, default: 0] += 1
        if let known = values[name], known != found { faults.append("series \(name) has \(known) and \(found)") }
        if let known = series[id], known != name { faults.append("\(id.text) is series \(known) and \(name)") }
        values[name] = found
        series[id] = name
    }

    /// Events that were found again.
    var duplicates: Int { counts.values.reduce(0) { $0 + $1 - 1 } }

    /// Answers whose prediction is not there as it was answered.
    func losses(of answers: [String: ForecastValues]) -> [String] {
        answers.filter { values[$0.key] != $0.value.values }.map {
            "\($0.key): answered \($0.value.values), found \(values[$0.key].map { "\($0)" } ?? "nothing")"
        }
    }

    /// Producers whose sequences are not 1, 2, 3 and so on to their last.
    var gaps: [String] {
        var sequences: [EventIdentifier: (count: UInt64, last: UInt64)] = [:]
        for id in counts.keys {
            var producer = id
            producer.sequence = 0
            let known = sequences[producer] ?? (0, 0)
            sequences[producer] = (known.count + 1, max(known.last, id.sequence))
        }
        return sequences.filter { $0.value.count != $0.value.last }.map {
            "\($0.key.text): \($0.value.count) events up to \($0.value.last)"
        }
    }
}
