import Foundation
import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// The daemon that bad input is sent to, and what every answer to it is held to.
enum BadInput {
    /// Serves golden bundles for forecasts and the engine's small models as plain ones.
    static let daemon = Result {
        let models = try ModelFolder()
        for bundle in ["auto", "direct-future", "direct-quantiles", "gaps-ffill", "scaler-log1p"] {
            try models.addBundle(bundle)
        }
        for model in ["linear", "add_float32", "add_int64", "add_bool", "scalar", "pick", "several_outputs"] {
            try models.addPlain(model)
        }
        let daemon = try DaemonProcess(models: models.path)
        return (daemon: daemon, models: models)
    }

    static func connect() throws -> TestClient {
        try TestClient(path: daemon.get().daemon.socketPath)
    }

    /// Asserts that the next reply refuses request `id` as expected, and that a ping behind it is answered.
    static func expectRefusal(
        _ client: TestClient, id: UInt64, _ code: StatusCode, _ field: String, _ text: String, _ name: String
    ) throws {
        let reply = try client.receive()
        #expect(reply.id == id, "\(name): \(reply)")
        guard let error = reply.error else {
            Issue.record("\(name): not refused: \(reply)")
            return
        }
        #expect(error.code == code, "\(name): \(error)")
        #expect(error.field == field, "\(name): \(error)")
        #expect(error.message.contains(text), "\(name): \(error)")
        expectDecent(error, name)
        #expect(reply.body == DecodedReply.Body.none, "\(name): \(reply)")
        #expect(try client.repliesBeforePing().isEmpty, "\(name): the connection has more to say")
    }

    /// What a message never holds: a path, an address, more than a sentence.
    static func expectDecent(_ error: RequestError, _ name: String) {
        let message = error.message
        #expect(!message.isEmpty && message.utf8.count < 300, "\(name): \(message)")
        #expect(!message.contains("0x"), "\(name): \(message)")
        #expect(!message.contains(/(^|[\s'"(])\.{0,2}\/\w/), "\(name): \(message)")
        #expect(!message.contains("\n"), "\(name): \(message)")
        #expect(error.code != .internal, "\(name): \(message)")
    }
}
