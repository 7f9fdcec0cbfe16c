import InferdBase
import InferdWire

/// Puts requests on the wire.
enum RequestEncoder {
    /// Appends one frame. Throws `invalidRequest` and appends nothing when the request cannot be a frame.
    static func append(
        _ request: Request, id: UInt64, options: RequestOptions, to writer: inout RequestWriter
    ) throws(ClientError) {
        let head = try head(request, id, options)
        // Judged before anything is copied; names and lengths are small beside the values.
        let size = payloadBytes(request)
        guard size <= Limits.maximumFrameBytes else {
            throw .invalidRequest("its \(size >> 20) MiB are more than any daemon accepts")
        }
        writer.begin(head)
        switch request {
        case .hello(let introduction):
            writer.writeHello(
                protocolVersion: Version.wireProtocol, clientName: introduction.clientName, token: introduction.token,
                acceptsCompressed: true)
        case .predict(_, let query): writer.writePredict(values(query))
        case .infer(_, let query): writer.writeInfer(query.inputs.map(values), outputs: query.outputs)
        case .models: writer.writeModels()
        case .stats: writer.writeStats()
        case .cancel(let id): writer.writeCancel(id: id.rawValue)
        case .ping(let payload): unsafe writer.writePing(payload: payload.span.bytes)
        }
        writer.end()
    }

    private static func head(
        _ request: Request, _ id: UInt64, _ options: RequestOptions
    ) throws(ClientError) -> RequestHead {
        var head = RequestHead(id: id)
        if let timeout = options.timeout {
            guard timeout > .zero, timeout <= RequestOptions.maximumTimeout else {
                throw .invalidRequest("its timeout must be more than nothing and at most an hour")
            }
            head.timeoutMilliseconds = UInt32(truncatingIfNeeded: timeout.wholeMilliseconds)
        }
        head.traceparent = options.traceparent
        head.isBatchPriority = !options.isInteractive
        head.wantReceipt = options.wantsReceipt
        switch options.cache {
        case .useDefault: break
        case .bypass: head.cacheBypass = true
        case .refresh: head.cacheRefresh = true
        case .maximumAge(let milliseconds):
            guard milliseconds > 0 else { throw .invalidRequest("the greatest age of a cached answer must not be 0") }
            head.cacheMaximumAgeMilliseconds = milliseconds
        }
        switch request {
        case .predict(let model, _), .infer(let model, _), .models(let model?):
            head.model = model.name
            head.version = model.version
        case .models(nil), .hello, .stats, .cancel, .ping: break
        }
        return head
    }

    /// Bytes of the request's arrays; saturates.
    private static func payloadBytes(_ request: Request) -> Int {
        var total = 0
        func add(_ count: Int, times size: Int) {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            let (sum, carry) = total.addingReportingOverflow(product)
            total = overflow || carry ? .max : sum
        }
        switch request {
        case .predict(_, let query):
            if case .timestamps(let stamps) = query.time { add(stamps.count, times: 8) }
            for channel in query.channels + query.future { add(channel.values.count, times: 8) }
            add(query.actuals.count + query.quantiles.count, times: 8)
        case .infer(_, let query):
            for tensor in query.inputs {
                add(tensor.data.count, times: 1)
                add(tensor.shape.count, times: 10)
            }
        case .ping(let payload): add(payload.count, times: 1)
        case .hello, .models, .stats, .cancel: break
        }
        return total
    }

    private static func values(_ query: ForecastQuery) -> PredictValues {
        var values = PredictValues()
        values.seriesID = query.seriesID
        switch query.time {
        case .timestamps(let stamps): values.timestamps = stamps
        case .regular(let start, let step): values.regular = PredictValues.RegularTime(start: start, step: step)
        }
        values.channels = query.channels.map { PredictValues.Channel(name: $0.name, values: $0.values) }
        values.horizon = query.horizon
        values.future = query.future.map { PredictValues.Channel(name: $0.name, values: $0.values) }
        values.quantiles = query.quantiles
        values.actuals = query.actuals
        return values
    }

    private static func values(_ tensor: Tensor) -> TensorValues {
        TensorValues(name: tensor.name, type: ElementType(tensor.type), shape: tensor.shape, data: tensor.data)
    }
}

extension ElementType {
    init(_ type: TensorType) {
        self =
            switch type {
            case .float32: .float32
            case .float64: .float64
            case .int32: .int32
            case .int64: .int64
            case .bool: .bool
            case .string: .string
            }
    }
}
