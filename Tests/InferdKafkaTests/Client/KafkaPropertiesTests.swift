import Foundation
import InferdBase
import InferdTestSupport
import Testing

@testable import InferdKafka

/// What may be configured, and what is said of what may not.
struct KafkaPropertiesTests {
    private func error(_ properties: [String: String]) -> KafkaConfigurationError? {
        do throws(KafkaConfigurationError) {
            _ = try KafkaProducer(KafkaConfiguration(brokers: "localhost:1", topic: "t", properties: properties))
            return nil
        } catch {
            return error
        }
    }

    @Test func unknownPropertyIsNamed() {
        #expect(error(["no.such.thing": "1"]) == .unknownProperty("no.such.thing"))
    }

    @Test func badValueIsNotShown() {
        let found = error(["linger.ms": "s3cret"])
        #expect(found == .invalidValue(property: "linger.ms"))
        #expect(found?.message.contains("s3cret") == false)
    }

    @Test func everyDefaultCanBeChanged() {
        let others = ["enable.idempotence": "false", "acks": "1", "compression.codec": "none", "linger.ms": "0"]
        #expect(error(others) == nil)
    }

    @Test func propertiesThatContradictEachOtherAreRefused() {
        let found = error(["enable.idempotence": "true", "acks": "1"])
        guard case .refused = found else {
            Issue.record("\(String(describing: found))")
            return
        }
    }

    @Test func secretIsReadFromItsFile() throws {
        let directory = try TemporaryDirectory()
        // Not a number, so that the library's refusal proves that it was given the file's content.
        try Data("often\n".utf8).write(to: URL(fileURLWithPath: directory.appending("value")))
        #expect(error(["linger.ms_file": directory.appending("value")]) == .invalidValue(property: "linger.ms"))
        try Data("12\n".utf8).write(to: URL(fileURLWithPath: directory.appending("value")))
        #expect(error(["linger.ms_file": directory.appending("value")]) == nil)
    }

    @Test func secretsAreTakenOutOfWhatTheLibrarySays() throws {
        let directory = try TemporaryDirectory()
        try Data("hunter2".utf8).write(to: URL(fileURLWithPath: directory.appending("key")))
        let properties = try KafkaProperties(
            KafkaConfiguration(
                brokers: "localhost:1", topic: "t",
                properties: [
                    "sasl.password_file": directory.appending("key"), "ssl.key.password": "pa55word",
                    "client.id": "shown",
                ]))
        #expect(properties.redacted("hunter2, pa55word and shown") == "***, *** and shown")
    }

    @Test func refusalOfTheLibraryHoldsNoSecret() throws {
        let found = error(["security.protocol": "ssl", "ssl.key.pem": "hunter2"])
        guard case .refused(let reason) = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(!reason.contains("hunter2"))
    }

    @Test func fileThatCannotBeReadIsAnError() throws {
        let directory = try TemporaryDirectory()
        let found = error(["sasl.password_file": directory.appending("none")])
        #expect(found == .unreadableFile(property: "sasl.password_file", .missing(expected: .regular)))
        #expect(found?.message.contains(directory.path) == false)
    }

    @Test func fileThatIsNotTextIsAnError() throws {
        let directory = try TemporaryDirectory()
        for bytes in [[0xFF, 0xFE], [0x61, 0x00, 0x62]] as [[UInt8]] {
            try Data(bytes).write(to: URL(fileURLWithPath: directory.appending("value")))
            #expect(
                error(["sasl.password_file": directory.appending("value")]) == .notText(property: "sasl.password_file"))
        }
    }

    @Test func valueAndFileOfOnePropertyAreRefused() {
        #expect(
            error(["sasl.password": "a", "sasl.password_file": "/b"]) == .givenTwice(property: "sasl.password"))
    }
}
