import Foundation
import InferdTestSupport
import Testing

/// The producer against a broker that is none of librdkafka's making.
struct RealBrokerTests {
    @Test func everyMessageIsReadBackAsItWasPublished() throws {
        let broker = try RealBroker()
        try broker.makeTopic("events")
        let expected = (1...1000).map { number in
            ConsumedMessage(
                key: "series \(number % 7)", headers: ["event_id": "\(number)"], payload: "payload \(number)")
        }
        let program = DaemonProcess.productDirectory.appendingPathComponent("inferd-kafka-publish").path
        _ = try RealBroker.run(
            program, [broker.address, "events"],
            input: expected.map { "\($0.key)\t\($0.payload)\n" }.joined())
        let found = try ConsumedMessage.all(
            of: "events", at: broker.address, environment: RealBroker.environment)
        #expect(found == expected)
    }
}
