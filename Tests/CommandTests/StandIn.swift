import Foundation
import InferdBase
import InferdTestSupport
import InferdWire
import Synchronization

/// A scripted daemon for the program: it forecasts the last value, a tenth more with each step, and
/// returns the tensors it is given.
final class StandIn: Sendable {
    /// What a `predict` held.
    struct Asked {
        var envelope: Envelope
        var seriesID: String
        var times: [Int64]
        var channels: [String: [Double]]
        var future: [String: [Double]]
        var horizon: UInt32
        var quantiles: [Double]
        var actuals: [Double]
    }

    private let asked: AskedList
    private let server: ScriptedServer

    /// `covariates`: names of channels beside `temp`; those that end in `!` are known ahead.
    init(step: String = "1h", zone: String = "America/New_York", covariates: [String] = []) throws {
        let asked = AskedList()
        let models = Self.models(step, zone, covariates)
        self.asked = asked
        server = try ScriptedServer { request, writer in
            try Self.answer(request, &writer, models, asked)
            return .goOn
        }
    }

    var address: String { server.address }
    var queries: [Asked] { asked.list.withLock { $0 } }

    /// Writes a file into the server's folder and returns its path.
    func file(_ name: String, _ content: String) throws -> String {
        let path = server.directory.appending(name)
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    func path(_ name: String) -> String { server.directory.appending(name) }

    private final class AskedList: Sendable {
        let list = Mutex<[Asked]>([])
    }

    private static func models(_ step: String, _ zone: String, _ covariates: [String]) -> [ModelValues] {
        var jfk = ModelValues()
        jfk.name = "jfk"
        jfk.version = 2
        jfk.isDefault = true
        jfk.inputs = [ModelValues.Tensor(name: "window", type: .float32, shape: [-1, 48, 5])]
        var forecast = ModelValues.Forecast()
        forecast.target = "temp"
        forecast.unit = "degF"
        forecast.step = step
        forecast.timeZone = zone
        forecast.window = 2
        forecast.defaultHorizon = 3
        forecast.maximumHorizon = 24
        forecast.covariates = covariates.map { name in
            ModelValues.Covariate(name: String(name.trimmingPrefix("!")), knownInFuture: name.hasPrefix("!"))
        }
        jfk.forecast = forecast
        var plain = ModelValues()
        plain.name = "plain"
        plain.version = 1
        plain.isDefault = true
        plain.inputs = [ModelValues.Tensor(name: "x", type: .float32, shape: [-1, 2])]
        var broken = ModelValues()
        broken.name = "broken"
        broken.version = 1
        broken.state = .failed
        broken.error = "model.onnx: the checksum is another"
        return [broken, jfk, plain]
    }

    private static func answer(
        _ request: ScriptedServer.Request, _ writer: inout ReplyWriter, _ models: [ModelValues], _ asked: AskedList
    ) throws {
        let id = request.envelope.id
        guard request.model.isEmpty || models.contains(where: { $0.name == request.model }) else {
            writer.writeRefusal(
                id: id, RequestError(.notFound, "no model of this name and version", field: "model"))
            return
        }
        switch request.envelope.kind {
        case .ping: writer.writeEcho(id: id, try request.pingPayload)
        case .predict: try predict(request, &writer, asked)
        case .infer: try infer(request, &writer)
        case .hello, .models:
            writer.beginFrame(id: id)
            if request.envelope.kind == .hello {
                writer.writeHello(HelloValues())
            } else {
                writer.writeModels(models.filter { request.model.isEmpty || $0.name == request.model })
            }
            writer.endFrame()
        case .stats, .cancel: writer.writeRefusal(id: id, RequestError(.internal, "not expected here"))
        }
    }

    private static func predict(
        _ request: ScriptedServer.Request, _ writer: inout ReplyWriter, _ asked: AskedList
    ) throws {
        let query: Asked
        do {
            query = try decode(request)
        } catch let error as RequestError {
            writer.writeRefusal(id: request.envelope.id, error)
            return
        }
        asked.list.withLock { $0.append(query) }
        if let bad = query.channels["temp"]?.firstIndex(where: { $0 > 1000 }) {
            writer.writeRefusal(
                id: request.envelope.id, .invalid("predict.history.channels[0].values[\(bad)]", "it is too large"))
            return
        }
        let horizon = Int(query.horizon == 0 ? 3 : query.horizon)
        let last = query.times.last ?? 0
        let values = (0..<horizon).map { (query.channels["temp"]?.last ?? 0) + Double($0) / 10 }
        let times = (1...horizon).map { last + Int64($0) * 3_600_000_000 }
        let bounds = query.quantiles.flatMap { level in values.map { $0 + level } }
        var metrics = MetricValues()
        let known = query.actuals.filter { !$0.isNaN }.count
        metrics.mae = MetricValue(value: 0.25, points: UInt32(known))
        metrics.mape = MetricValue(value: 0.0125, points: UInt32(known))
        var receipt = ReceiptValues()
        receipt.queue = 10
        receipt.model = 30
        receipt.total = 40
        receipt.modelRuns = 3
        receipt.batchRows = 1
        receipt.worker = 2
        let name = Array(request.model.utf8)
        writer.beginFrame(id: request.envelope.id)
        if request.envelope.wantReceipt { writer.writeReceipt(receipt) }
        unsafe writer.writePredict(
            model: name.span.bytes, version: 2, timestamps: times.span, values: values.span,
            quantileLevels: query.quantiles.span, quantileValues: bounds.span, metrics: known > 0 ? metrics : nil,
            filledPoints: 0)
        writer.endFrame()
    }

    private static func decode(_ request: ScriptedServer.Request) throws -> Asked {
        var arena = MessageArena()
        let body = Array(request.body)
        let predict = try unsafe PredictMessage.decode(body.span.bytes, arena: &arena)
        var query = unsafe Asked(
            envelope: request.envelope, seriesID: String(decoding: predict.seriesID, as: UTF8.self),
            times: Array(predict.timestamps), channels: [:], future: [:], horizon: predict.horizon,
            quantiles: Array(predict.quantiles), actuals: Array(predict.actuals))
        for index in unsafe 0..<predict.channelCount {
            let name = unsafe String(decoding: predict.channelName(index), as: UTF8.self)
            query.channels[name] = unsafe Array(predict.channelValues(index))
        }
        for index in unsafe 0..<predict.futureCount {
            let name = unsafe String(decoding: predict.futureName(index), as: UTF8.self)
            query.future[name] = unsafe Array(predict.futureValues(index))
        }
        return query
    }

    private static func infer(_ request: ScriptedServer.Request, _ writer: inout ReplyWriter) throws {
        var arena = MessageArena()
        let content = Array(request.body)
        let query = try unsafe InferMessage.decode(content.span.bytes, arena: &arena)
        let name = Array(request.model.utf8)
        writer.beginFrame(id: request.envelope.id)
        let body = unsafe writer.beginInfer(model: name.span.bytes, version: 1, expectedBytes: 0)
        for index in unsafe 0..<query.inputCount {
            let input = unsafe query.input(index)
            let shape = unsafe Array(input.shape)
            let data = unsafe Array(input.data)
            unsafe writer.writeInferOutput(
                name: "out/" + String(decoding: input.name, as: UTF8.self), type: input.type ?? .bool,
                shape: shape.span, data: data.span.bytes)
        }
        writer.endInfer(body)
        writer.endFrame()
    }
}
