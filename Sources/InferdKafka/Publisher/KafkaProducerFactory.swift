/// Makes librdkafka's producers. The files that hold secrets are read each time.
package struct KafkaProducerFactory: ProducerFactory, Sendable {
    package let configuration: KafkaConfiguration

    package init(configuration: KafkaConfiguration) {
        self.configuration = configuration
    }

    package func makeProducer() throws(KafkaConfigurationError) -> KafkaProducer {
        try KafkaProducer(configuration)
    }
}
