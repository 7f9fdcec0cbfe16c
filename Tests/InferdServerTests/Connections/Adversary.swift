import InferdBase
import InferdTestSupport
import InferdWire
import Testing

/// A peer of bad manners, the same for the same seed: it opens connections, asks for things on them and
/// leaves them in whatever way comes to its mind. What it reads must still be right.
struct Adversary {
    private let path: String
    private var random: SeededGenerator
    /// Connections it neither reads nor closes for now.
    private var stalled: [TestClient] = []

    init(path: String, seed: UInt64) {
        self.path = path
        random = SeededGenerator(seed: seed)
    }

    private mutating func pick(_ range: Range<Int>) -> Int {
        Int.random(in: range, using: &random)
    }

    /// One connection from its beginning to its end, or until it is left alone.
    mutating func act() {
        guard let client = try? TestClient(path: path) else {
            Issue.record("the daemon accepts no connection")
            return
        }
        client.socket.setSendTimeout(milliseconds: 20)
        let manner = pick(0..<8)
        // Who reads nothing asks for so much that it cannot all be sent.
        let rows = manner == 0 ? 3000 : pick(1..<40)
        var asked: Set<UInt64> = []
        for id in 1...UInt64(pick(1..<50)) {
            guard (try? ask(client, id, rows: rows)) != nil else { break }
            asked.insert(id)
        }
        switch manner {
        case 0:
            stalled.append(client)
            if stalled.count > 4 { stalled.remove(at: pick(0..<stalled.count)) }
        case 1:
            return
        case 2:
            client.socket.shutdownReceiving()
            _ = try? ask(client, 100, rows: rows)
        case 3:
            // Gone in the middle of a frame.
            try? client.socket.send([0, 0, 0, 0, 200, 8, 1])
        case 4:
            try? client.socket.send([7, 7, 7])
            while (try? client.socket.receiveFrame()) ?? nil != nil {}
        case 5:
            for _ in 0..<asked.count / 2 { check(client, asked) }
        default:
            if manner == 6 { client.socket.shutdownSending() }
            var open = asked
            for _ in asked {
                guard let id = check(client, asked) else { return }
                #expect(open.remove(id) != nil, "request \(id) is answered twice")
            }
        }
    }

    private mutating func ask(_ client: TestClient, _ id: UInt64, rows: Int) throws {
        switch pick(0..<10) {
        case 0: try client.sendPing(id: id, [UInt8](repeating: 1, count: pick(0..<200)))
        case 1: try client.send(id: id) { $0.writeCancel(id: id - 1 == 0 ? 1000 : id - 1) }
        case 2: try client.send(id: id, model: "stub") { $0.writeInfer([], outputs: []) }
        default:
            let data = [UInt8](repeating: UInt8(id), count: rows * 16)
            let tensor = TensorValues(name: "x", type: .float32, shape: [Int64(rows), 4], data: data)
            try client.send(id: id, model: "stub", timeout: pick(0..<5) == 0 ? 1 : 0) {
                $0.writeInfer([tensor], outputs: [])
            }
        }
    }

    /// Reads one reply, which must answer something that was asked, with what was asked for.
    @discardableResult
    private func check(_ client: TestClient, _ asked: Set<UInt64>) -> UInt64? {
        do {
            let reply = try client.receive()
            guard asked.contains(reply.id) else {
                Issue.record("a reply to nobody: \(reply.id), \(String(describing: reply.error))")
                return nil
            }
            if case .infer(_, _, let outputs) = reply.body, let data = outputs.first?.data {
                #expect(data == [UInt8](repeating: UInt8(reply.id), count: data.count), "another request's answer")
            }
            return reply.id
        } catch {
            Issue.record("no reply: \(error)")
            return nil
        }
    }
}
