import Foundation
import InferdBase
import InferdTestSupport
import InferdWire
import Synchronization

/// Clients that ask for one forecast after the other, each for another series, and note what they are told. They
/// outlast the daemon: where it is gone, they look for the next one.
final class EventLoad: Sendable {
    /// What the clients have seen.
    private struct Notes {
        var answers: [String: ForecastValues] = [:]
        var refusals: [StatusCode: Int] = [:]
        var faults: [String] = []
    }

    /// Requests that a client has in flight.
    private static let depth = 4

    private let socketPath: String
    private let pauseMicroseconds: UInt32
    private let historyPoints: Int
    private let tolerated: Set<StatusCode>
    private let isOver = Atomic(false)
    private let clients = DispatchGroup()
    private let notes = Locked(Notes())

    /// - Parameters:
    ///   - pauseMicroseconds: of each client after an answer, so that others have something of the processor, too.
    ///   - historyPoints: of each request; at least the model's window.
    ///   - tolerated: what may be answered instead of a forecast.
    init(
        _ scene: EventScene, clients count: Int = 2, pauseMicroseconds: UInt32 = 5_000, historyPoints: Int = 12,
        tolerated: Set<StatusCode> = []
    ) {
        socketPath = scene.socketPath
        self.pauseMicroseconds = pauseMicroseconds
        self.historyPoints = historyPoints
        self.tolerated = tolerated
        for number in 0..<count {
            clients.enter()
            Thread.detachNewThread { [self] in
                run(number)
                clients.leave()
            }
        }
    }

    deinit { isOver.store(true, ordering: .relaxed) }

    /// Asks nothing more and waits for the answers to what was asked.
    func finish() {
        isOver.store(true, ordering: .relaxed)
        clients.wait()
    }

    /// By series.
    var answers: [String: ForecastValues] { notes.withLock { $0.answers } }
    var answerCount: Int { notes.withLock { $0.answers.count } }
    /// What was answered though it may not be.
    var faults: [String] { notes.withLock { $0.faults } }
    func refusals(_ code: StatusCode) -> Int { notes.withLock { $0.refusals[code] ?? 0 } }

    /// Waits for so many answers beyond those that have come.
    func waitForAnswers(_ count: Int, seconds: Double = 20) throws {
        let wanted = answerCount + count
        try wait("\(wanted) answers", seconds: seconds) { $0.answerCount >= wanted }
    }

    func wait(_ what: String, seconds: Double = 20, until isReached: (EventLoad) throws -> Bool) throws {
        let end = Date(timeIntervalSinceNow: seconds)
        while try !isReached(self) {
            if Date.now > end {
                throw PropertyFailure("\(what) do not come: there are \(answerCount) answers, faults \(faults)")
            }
            usleep(1_000)
        }
    }

    private func run(_ client: Int) {
        var asked = 0
        while !isOver.load(ordering: .relaxed) {
            guard let connection = try? TestClient(path: socketPath) else {
                usleep(2_000)
                continue
            }
            var waiting: [UInt64: String] = [:]
            // Its failure is the connection's end. What was in flight has no answer, and is not asked for again.
            try? ask(connection, client, &asked, &waiting)
        }
    }

    private func ask(
        _ connection: TestClient, _ client: Int, _ asked: inout Int, _ waiting: inout [UInt64: String]
    ) throws {
        var isGoing = true
        while isGoing || !waiting.isEmpty {
            while isGoing, waiting.count < Self.depth {
                asked += 1
                let series = "\(client)-\(asked)"
                waiting[try connection.ask(series, historyPoints: historyPoints)] = series
            }
            note(try connection.receive(), &waiting)
            usleep(pauseMicroseconds)
            isGoing = !isOver.load(ordering: .relaxed)
        }
    }

    private func note(_ reply: DecodedReply, _ waiting: inout [UInt64: String]) {
        // The daemon says that it is about to end.
        if reply.id == 0 { return }
        let series = waiting.removeValue(forKey: reply.id)
        notes.withLock { notes in
            switch (reply.body, reply.error?.code, series) {
            case (.predict(let forecast), nil, let series?):
                notes.answers[series] = forecast
            case (_, let code?, .some) where tolerated.contains(code):
                notes.refusals[code, default: 0] += 1
            default:
                if notes.faults.count < 10 { notes.faults.append("\(reply)") }
            }
        }
    }
}

extension TestClient {
    /// Asks for a forecast of a series, whose history follows from its name. The cache is left alone.
    @discardableResult
    func ask(
        _ series: String, historyPoints: Int = 12, horizon: UInt32 = 6, traceparent: String = ""
    ) throws -> UInt64 {
        var values = PredictValues()
        values.seriesID = series
        values.regular = PredictValues.RegularTime(start: 472_222 * 3_600_000_000, step: "1h")
        let seed = series.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
        let history = (0..<historyPoints).map { Double(40 + ($0 * 7 + seed) % 97) + Double(seed) / 7e4 }
        values.channels = [PredictValues.Channel(name: "load", values: history)]
        values.horizon = horizon
        return try send(
            model: EventScene.model, timeout: 60_000, bypass: true, traceparent: traceparent
        ) { $0.writePredict(values) }
    }
}
