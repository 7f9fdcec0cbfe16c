import InferdBase
import InferdClient
import InferdTestSupport
import InferdWire
import Testing

struct ForecastRequestTests {
    /// Forecasts the history's last value over the horizon, and keeps what it was asked.
    private static func lastValue(_ request: ScriptedServer.Request, _ writer: inout ReplyWriter) throws {
        var arena = MessageArena()
        let body = Array(request.body)
        let predict = try unsafe PredictMessage.decode(body.span.bytes, arena: &arena)
        let horizon = unsafe Int(predict.horizon)
        guard let last = unsafe predict.channelValues(0).last, let time = unsafe predict.timestamps.last else {
            writer.writeRefusal(id: request.envelope.id, .invalid("predict.history", "it is empty"))
            return
        }
        writer.beginFrame(id: request.envelope.id)
        let values = [Double](repeating: last, count: horizon)
        let times = (1...horizon).map { time + Int64($0) * 3_600_000_000 }
        let levels = unsafe Array(predict.quantiles)
        var metrics = MetricValues()
        metrics.mae = MetricValue(value: 0.5, points: 2)
        let name = Array(request.model.utf8)
        let bounds = levels.flatMap { level in values.map { $0 + level } }
        unsafe writer.writePredict(
            model: name.span.bytes, version: 3, timestamps: times.span, values: values.span,
            quantileLevels: levels.span,
            quantileValues: bounds.span, metrics: metrics,
            filledPoints: 1)
        var receipt = ReceiptValues()
        receipt.total = 12.5
        receipt.modelRuns = 4
        if request.envelope.wantReceipt { writer.writeReceipt(receipt) }
        writer.writeCache(.miss, ageMilliseconds: 0)
        writer.endFrame()
    }

    private func query(_ last: Double) -> ForecastQuery {
        ForecastQuery(
            seriesID: "s", time: .timestamps([0, 3_600_000_000]), channels: [Channel(name: "temp", values: [1, last])],
            horizon: 2, quantiles: [0.25, 0.75], actuals: [1, .nan])
    }

    @Test func aForecastComesWithEverythingBesideIt() async throws {
        let server = try ScriptedServer { request, writer in
            try Self.lastValue(request, &writer)
            return .goOn
        }
        let client = try Client(blockingTo: ServerAddress(parsing: server.address))
        let answer = try await client.predict(
            ModelSelector("jfk"), query(5), options: RequestOptions(wantsReceipt: true))
        #expect(
            answer.value
                == Forecast(
                    model: "jfk", version: 3, timestamps: [7_200_000_000, 10_800_000_000], values: [5, 5],
                    quantiles: [
                        QuantileForecast(level: 0.25, values: [5.25, 5.25]),
                        QuantileForecast(level: 0.75, values: [5.75, 5.75]),
                    ], metrics: ForecastMetrics(mae: ForecastMetric(value: 0.5, points: 2)), filledPoints: 1))
        #expect(answer.receipt?.total == 12.5)
        #expect(answer.receipt?.modelRuns == 4)
        #expect(answer.cache == CacheReport(outcome: .miss))
        #expect(try await client.predict(ModelSelector("jfk"), query(5)).receipt == nil)
    }

    @Test func manyForecastsKeepTheirOrderAndTheirOwnStatus() async throws {
        let server = try ScriptedServer { request, writer in
            if request.place % 10 == 0 {
                writer.writeRefusal(id: request.envelope.id, RequestError(.notFound, "\(request.place)"))
            } else {
                try Self.lastValue(request, &writer)
            }
            return .goOn
        }
        let client = try Client(blockingTo: ServerAddress(parsing: server.address))
        let queries = (0..<200).map { query(Double($0)) }
        for round in 0..<2 {
            let outcomes =
                round == 0
                ? await client.predictMany(ModelSelector("jfk"), queries)
                : client.blocking.predictMany(ModelSelector("jfk"), queries)
            #expect(outcomes.count == 200)
            for (number, outcome) in outcomes.enumerated() {
                if (number + 1) % 10 == 0 {
                    let refusal = Refusal(code: .notFound, message: "\(round * 200 + number + 1)")
                    #expect(outcome.failure == .refused(refusal))
                } else {
                    #expect(try outcome.get().value.values == [Double(number), Double(number)])
                }
            }
        }
    }

    @Test func asManyForecastsAreInFlightAsADaemonReads() async throws {
        let seen = Locked(0)
        let server = try ScriptedServer { request, writer in
            // Answers only when a full pipeline has come.
            let count = seen.withLock { count in
                count += 1
                return count
            }
            if count < Limits.inFlightPerConnection { return .goOn }
            for id in 1...UInt64(count) { writer.writeRefusal(id: id, RequestError(.notFound, "")) }
            return .close
        }
        let client = try Client(blockingTo: ServerAddress(parsing: server.address))
        let outcomes = await client.predictMany(
            ModelSelector("m"), Array(repeating: query(1), count: Limits.inFlightPerConnection + 10))
        #expect(outcomes.count == Limits.inFlightPerConnection + 10)
        #expect(seen.withLock { $0 } >= Limits.inFlightPerConnection)
        for outcome in outcomes.prefix(Limits.inFlightPerConnection) {
            #expect(outcome.failure == .refused(Refusal(code: .notFound, message: "")))
        }
    }

    @Test func modelsAreDescribedInFull() async throws {
        var model = ModelValues()
        model.name = "jfk"
        model.version = 2
        model.state = .ready
        model.isDefault = true
        model.inputs = [ModelValues.Tensor(name: "window", type: .float32, shape: [-1, 48, 5])]
        var description = ModelValues.Forecast()
        description.target = "temp"
        description.step = "1h"
        description.timeZone = "America/New_York"
        description.covariates = [ModelValues.Covariate(name: "humid", knownInFuture: true)]
        description.quantiles = [0.1, 0.9]
        model.forecast = description
        let served = model
        let server = try ScriptedServer { request, writer in
            writer.beginFrame(id: request.envelope.id)
            writer.writeModels([served])
            writer.endFrame()
            return .goOn
        }
        let client = try Client(blockingTo: ServerAddress(parsing: server.address))
        let models = try await client.models()
        #expect(models.count == 1)
        #expect(models[0].forecast?.covariates == [.init(name: "humid", isKnownInFuture: true)])
        #expect(models[0].inputs == [.init(name: "window", type: .float32, shape: [-1, 48, 5])])
        #expect(models[0].state == .ready)
        #expect(models[0].isDefault)
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
