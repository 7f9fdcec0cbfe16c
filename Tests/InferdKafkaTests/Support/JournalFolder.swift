import InferdBase
import InferdJournal
import InferdKafka
import InferdTestSupport
import InferdWire

/// Rings, spool and dead letters of one life of the daemon, in a folder that outlives it.
struct JournalFolder: ~Copyable {
    let rings: RingDirectory
    let recovered: RecoveredRings
    let bootID: BootID
    private(set) var producer: RingProducer
    private let ring: RingFile
    private let files: SystemSpoolFiles
    private let letterFiles: SystemSpoolFiles

    init(_ folder: TemporaryDirectory) throws {
        let bootID = BootID.random()
        let rings = try RingDirectory(path: folder.appending("rings"))
        let recovered = try rings.recover()
        let ring = try rings.makeRing(RingIdentity(bootID: bootID, producer: 0), capacity: 1 << 16)
        let files = try SystemSpoolFiles(path: folder.appending("spool"))
        let letterFiles = try SystemSpoolFiles(path: folder.appending("letters"))
        self.bootID = bootID
        self.rings = rings
        self.recovered = recovered
        self.ring = ring
        self.files = files
        self.letterFiles = letterFiles
        producer = RingProducer(ring)
    }

    func makePublisher(
        brokers: String, encoding: JournalFormat.Encoding = .protobuf, configuration: PublisherConfiguration
    ) throws -> KafkaPublisher {
        let store = SpoolStore(
            events: try SpoolWriter(
                files: files, directory: files.directory, configuration: SpoolConfiguration(), bootID: bootID),
            directory: files.directory,
            deadLetters: try SpoolWriter(
                files: letterFiles, directory: letterFiles.directory, configuration: SpoolConfiguration(),
                bootID: bootID))
        return KafkaPublisher(
            source: ScoredEvents(RingEvents(recovered: recovered.rings, rings: [ring])), store: store,
            format: JournalFormat(encoding),
            factory: KafkaProducerFactory(configuration: KafkaConfiguration(brokers: brokers, topic: "events")),
            configuration: configuration)
    }

    /// Commits an event; its id as consumers see it, or nil when the ring is full.
    mutating func commit(series: String) -> String? {
        var event = AccuracyEventValues(
            eventID: EventIdentifier(
                bootIDHigh: bootID.high, bootIDLow: bootID.low, producer: 0, sequence: producer.nextEventSequence))
        event.model = "demo"
        event.version = 3
        event.seriesID = series
        event.createdMicroseconds = WallClock.now()
        let room = AccuracyEventEncoder.encodedByteBound(modelBytes: 4, seriesIDBytes: series.utf8.count)
        guard let reservation = producer.reserve(byteCount: room) else { return nil }
        let byteCount = AccuracyEventEncoder.encode(event, into: producer.payload(of: reservation))
        producer.commit(reservation, kind: EventKind.accuracy.rawValue, byteCount: byteCount)
        return event.eventID.text
    }

    /// Commits an event to a ring that has room.
    mutating func commitOrThrow(series: String) throws -> String {
        guard let id = commit(series: series) else { throw PropertyFailure("the ring is full") }
        return id
    }
}
