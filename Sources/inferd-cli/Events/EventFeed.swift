import InferdJournal
import InferdWire

/// The wanted events of a spool as text, block by block.
struct EventFeed: ~Copyable {
    private var reader: SpoolReader
    private var block = SpoolBlock()
    private let query: EventQuery
    /// Records that are no events, or of a kind that this program does not know.
    private var unreadable = 0

    /// - Parameter extent: where to end; nil: nowhere.
    init(of directory: SpoolDirectory, within extent: SpoolExtent?, query: EventQuery) {
        reader = SpoolReader(directory: directory, within: extent)
        self.query = query
    }

    /// The events of the next block, which may be none; nil: there is no further block for now.
    mutating func next(as formatter: any EventFormatter) throws(CommandFailure) -> String? {
        while true {
            let step: SpoolReader.Step
            do throws(SpoolError) {
                step = try reader.next(into: &block)
            } catch {
                throw CommandFailure(.noInput, error.message)
            }
            switch step {
            case .block: return text(formatter)
            case .damaged: break
            case .end: return nil
            }
        }
    }

    private mutating func text(_ formatter: any EventFormatter) -> String {
        var text = ""
        for record in block.records {
            do throws(EventError) {
                guard let kind = EventKind(rawValue: record.kind) else {
                    unreadable += 1
                    continue
                }
                let event = block.payload(of: record)
                guard try query.wants(kind, event) else { continue }
                text += try formatter.text(of: kind, event, deadLetterReason: block.reason(of: record))
            } catch {
                unreadable += 1
            }
        }
        return text
    }

    /// What could not be shown; nil: nothing.
    var note: String? {
        var parts: [String] = []
        let report = reader.report
        if report.damagedBlocks > 0 { parts.append("damaged blocks: \(report.damagedBlocks)") }
        if report.missingBlocks > 0 { parts.append("missing blocks: \(report.missingBlocks)") }
        if report.unknownSegments > 0 { parts.append("segments of unknown versions: \(report.unknownSegments)") }
        if unreadable > 0 { parts.append("records that are no events this program knows: \(unreadable)") }
        return parts.isEmpty ? nil : "not shown: " + parts.joined(separator: ", ")
    }
}
