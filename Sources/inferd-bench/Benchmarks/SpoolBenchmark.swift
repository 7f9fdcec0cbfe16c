import InferdBase
import InferdJournal
import InferdWire

/// Whether an event costs as much after a million others as at first: bytes written for it into the spool.
struct SpoolBenchmark {
    let context: BenchContext

    private static let horizon = 24
    private static let events = 1_000_000
    /// Events whose bytes are compared, at the beginning and at the end.
    private static let sample = 100_000

    func run() throws(BenchError) -> [Measurement] {
        let events = context.isSmoke ? Self.events / 100 : Self.events
        let sample = context.isSmoke ? Self.sample / 100 : Self.sample
        Progress.tell("\(events) events into the spool")
        let path = try context.servers.scratch.makeDirectory("spool")
        let bytes: (first: Double, last: Double)
        do throws(SpoolError) {
            var spool = try SpoolLoop(path: path, horizon: Self.horizon)
            let first = try spool.write(sample)
            _ = try spool.write(events - 2 * sample)
            bytes = (Double(first) / Double(sample), Double(try spool.write(sample)) / Double(sample))
        } catch {
            throw BenchError("the spool: \(error.message)")
        }
        return [
            Measurement(
                name: "spool_bytes_drift", value: 100 * abs(bytes.last / bytes.first - 1), unit: "%",
                baseline: bytes.first, aim: 1, direction: .atMost,
                conditions:
                    "bytes written for each of the last \(sample) of \(events) events of \(Self.horizon) steps, "
                    + "\(Report.number(bytes.last)), against the "
                    + "first \(sample), \(Report.number(bytes.first))")
        ]
    }
}
