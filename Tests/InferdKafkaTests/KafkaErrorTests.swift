import InferdKafka
import Testing

struct KafkaErrorTests {
    @Test func errorsOfOneCodeAndMessageAreEqual() {
        #expect(KafkaError(code: -195, message: "x") == KafkaError(code: -195, message: "x"))
        #expect(KafkaError(code: -195, message: "x") != KafkaError(code: -196, message: "x"))
    }
}
