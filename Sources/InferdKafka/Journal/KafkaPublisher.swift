package import InferdJournal

/// The publisher as the daemon has it: from the rings to Kafka, or into the spool.
package typealias KafkaPublisher = Publisher<
    ScoredEvents, SpoolStore<SystemSpoolFiles>, JournalFormat, KafkaProducerFactory
>
