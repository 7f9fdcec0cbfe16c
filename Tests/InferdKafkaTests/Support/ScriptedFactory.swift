import InferdKafka

struct ScriptedFactory: ProducerFactory {
    let broker: ScriptedProducer.Broker

    func makeProducer() throws(KafkaConfigurationError) -> ScriptedProducer {
        if let misconfiguration = broker.misconfiguration { throw misconfiguration }
        broker.producersMade += 1
        return ScriptedProducer(broker)
    }
}
