import Glibc
import InferdBase
import InferdJournal
import InferdKafka

/// How fast the spool goes out to a broker that is back after an outage: the publisher with librdkafka in this
/// process, on one processor; the broker has the others.
struct DrainBenchmark {
    let context: BenchContext

    private static let horizon = 24
    private static let events = 400_000

    func run() throws(BenchError) -> [Measurement] {
        let events = context.isSmoke ? Self.events / 100 : Self.events
        Progress.tell("draining \(events) events to a broker")
        let broker = try context.servers.startBroker(label: "broker-drain")
        var rates: [Double] = []
        for repetition in 0..<min(context.repetitions, 3) {
            rates.append(
                try context.placement.apart([broker.process]) { () throws(BenchError) in
                    try drain(events, to: broker.address, label: "drain-\(repetition)")
                })
        }
        try broker.process.stop()
        return [
            Measurement(
                name: "drain_rate", value: Statistics.median(rates), unit: "events/s", baseline: nil, aim: 100_000,
                direction: .atLeast,
                conditions: "\(events) events of \(Self.horizon) steps from the spool to librdkafka's mock cluster, "
                    + "idempotent, acks=all, lz4, from the producer's making to the last confirmation; "
                    + context.placement.words)
        ]
    }

    /// Events per second.
    private func drain(_ events: Int, to broker: String, label: String) throws(BenchError) -> Double {
        let folder = EventFolder(try context.servers.scratch.makeDirectory(label))
        for path in [folder.spool, folder.deadLetters] { _ = unsafe mkdir(path, 0o700) }
        do throws(SpoolError) {
            var spool = try SpoolLoop(path: folder.spool, horizon: Self.horizon)
            _ = try spool.write(events)
        } catch {
            throw BenchError("the spool: \(error.message)")
        }
        let store: SpoolStore<SystemSpoolFiles>
        do throws(SpoolError) {
            store = try Self.store(folder)
        } catch {
            throw BenchError("the spool: \(error.message)")
        }
        var publisher = KafkaPublisher(
            source: ScoredEvents(RingEvents(recovered: [], rings: [])), store: store, format: JournalFormat(.protobuf),
            factory: KafkaProducerFactory(configuration: KafkaConfiguration(brokers: broker, topic: "bench")))
        let begin = MonotonicTime.now()
        let limit = begin.advanced(byMilliseconds: 120_000)
        while publisher.counters.delivered < events {
            let now = SpoolInstant.now()
            if now.monotonic > limit {
                throw BenchError("\(publisher.counters.delivered) of \(events) events were delivered in 120 s")
            }
            if !publisher.turn(now: now) { _ = publisher.wait(milliseconds: 1) }
        }
        return Double(events) * 1e9 / Double(MonotonicTime.now().nanoseconds(since: begin))
    }

    private static func store(_ folder: EventFolder) throws(SpoolError) -> SpoolStore<SystemSpoolFiles> {
        let files = try SystemSpoolFiles(path: folder.spool)
        let letters = try SystemSpoolFiles(path: folder.deadLetters)
        return SpoolStore(
            events: try SpoolWriter(
                files: files, directory: files.directory, configuration: SpoolConfiguration(), bootID: .random()),
            directory: files.directory,
            deadLetters: try SpoolWriter(
                files: letters, directory: letters.directory, configuration: SpoolConfiguration(), bootID: .random()))
    }
}
