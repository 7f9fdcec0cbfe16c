/// Makes producers, one after the other: each fatal error asks for another.
package protocol ProducerFactory {
    associatedtype Producer: MessageProducer

    func makeProducer() throws(KafkaConfigurationError) -> Producer
}
