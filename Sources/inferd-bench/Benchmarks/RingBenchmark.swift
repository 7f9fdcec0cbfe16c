import InferdBase
import InferdJournal

/// What it costs a thread that predicts to record an event: the ring alone, and an event's writing against the
/// forecast's own cost.
struct RingBenchmark {
    let context: BenchContext

    private static let recordBytes = 300
    private static let capacity = 8 << 20
    private static let horizon = 24
    private static let maximumRows = 32

    func run() throws(BenchError) -> [Measurement] {
        Progress.tell("commits into the ring")
        let scale = try EngineScale(
            model: try context.demo.encoded(), library: context.servers.onnxRuntime, maximumRows: Self.maximumRows)
        let sample = SampleEvent(horizon: Self.horizon)
        let path = try context.servers.scratch.makeDirectory("ring")
        var rates: [Double] = []
        var shares: [Double] = []
        var events: [Double] = []
        do throws(RingError) {
            let directory = try RingDirectory(path: path)
            let file = try directory.makeRing(
                RingIdentity(bootID: .random(), producer: 0), capacity: Self.capacity)
            var loop = RingLoop(file)
            let seconds = context.seconds / 4
            for _ in 0..<context.repetitions {
                rates.append(
                    1000
                        / loop.nanosecondsPerRecord(seconds: seconds, byteCount: Self.recordBytes) {
                            $0.commit($1, kind: 1, byteCount: Self.recordBytes)
                        })
                events.append(
                    loop.nanosecondsPerRecord(seconds: seconds, byteCount: sample.byteBound) { producer, reservation in
                        let byteCount = sample.write(
                            producer.nextEventSequence, into: producer.payload(of: reservation))
                        producer.commit(reservation, kind: 1, byteCount: byteCount)
                    } / 1000)
            }
        } catch {
            throw BenchError("the ring: \(error.message)")
        }
        for event in events {
            let forecast = try Double(Self.horizon) * scale.run(seconds: context.seconds / 4).cpu.perRow
            shares.append(100 * event / forecast)
        }
        return [
            Measurement(
                name: "ring_commit_rate", value: Statistics.median(rates), unit: "million/s", baseline: nil, aim: 2,
                direction: .atLeast,
                conditions:
                    "reserve and commit records of \(Self.recordBytes) bytes, checksum included, CPU time of one "
                    + "thread"),
            Measurement(
                name: "event_cpu_share", value: Statistics.median(shares), unit: "%",
                baseline: Statistics.median(events),
                aim: 1, direction: .atMost,
                conditions: "CPU time to reserve, write and commit an event of \(Self.horizon) steps, "
                    + "\(Report.number(Statistics.median(events))) us, of the engine's for those steps at its best batch "
                    + "size"),
        ]
    }
}
