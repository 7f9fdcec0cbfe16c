/// The fields of an event's messages as JSON shows them: names and numbers of `event.proto` and `predict.proto`,
/// to which a test holds them.
struct EventSchema: Sendable {
    /// How a field's value is written.
    indirect enum Value: Sendable {
        case unsigned
        case float
        case double
        case signed64
        case text
        /// Bytes, as hexadecimal digits.
        case hexadecimal
        case doubles
        case signed64s
        /// Left out when it is absent.
        case message(EventSchema)
        case messages(EventSchema)
    }

    struct Field: Sendable {
        let number: UInt32
        let name: String
        let value: Value

        init(_ number: UInt32, _ name: String, _ value: Value) {
            self.number = number
            self.name = name
            self.value = value
        }
    }

    let fields: [Field]

    init(_ fields: [Field]) {
        self.fields = fields
    }

    static func schema(of kind: EventKind) -> EventSchema {
        switch kind {
        case .prediction: prediction
        case .accuracy: accuracy
        }
    }

    private static let prediction = EventSchema([
        Field(1, "event_id", .message(eventID)),
        Field(2, "prediction_key", .hexadecimal),
        Field(3, "model", .text),
        Field(4, "version", .unsigned),
        Field(5, "series_id", .text),
        Field(6, "window_end_us", .signed64),
        Field(7, "horizon", .unsigned),
        Field(8, "timestamps_us", .signed64s),
        Field(9, "values", .doubles),
        Field(10, "quantiles", .messages(quantile)),
        Field(11, "metrics", .message(metrics)),
        Field(12, "receipt", .message(receipt)),
        Field(13, "traceparent", .text),
        Field(14, "created_us", .signed64),
        Field(15, "filled_points", .unsigned),
        Field(16, "history", .message(history)),
    ])

    private static let accuracy = EventSchema([
        Field(1, "event_id", .message(eventID)),
        Field(2, "model", .text),
        Field(3, "version", .unsigned),
        Field(4, "series_id", .text),
        Field(5, "horizon_from", .unsigned),
        Field(6, "horizon_to", .unsigned),
        Field(7, "points", .unsigned),
        Field(8, "mae", .message(metric)),
        Field(9, "smape", .message(metric)),
        Field(10, "coverage", .message(metric)),
        Field(11, "created_us", .signed64),
    ])

    private static let eventID = EventSchema([
        Field(1, "boot_id", .hexadecimal), Field(2, "producer", .unsigned), Field(3, "sequence", .unsigned),
    ])

    private static let quantile = EventSchema([Field(1, "level", .double), Field(2, "values", .doubles)])

    private static let metric = EventSchema([Field(1, "value", .double), Field(2, "points", .unsigned)])

    private static let metrics = EventSchema(
        ["mae", "rmse", "mape", "smape", "mase", "coverage"].enumerated().map { index, name in
            Field(UInt32(index + 1), name, .message(metric))
        })

    private static let receipt = EventSchema(
        [
            "receive_us", "queue_us", "decode_us", "precheck_us", "check_uniform_us", "prepare_frame_us", "window_us",
            "model_us", "inverse_scale_us", "metrics_us", "serialize_us", "publish_us", "total_us",
        ].enumerated().map { index, name in Field(UInt32(index + 1), name, .float) } + [
            Field(14, "model_runs", .unsigned), Field(15, "batch_rows", .unsigned), Field(16, "worker", .unsigned),
        ])

    private static let history = EventSchema([
        Field(1, "timestamps_us", .signed64s),
        Field(2, "regular", .message(EventSchema([Field(1, "start_us", .signed64), Field(2, "step", .text)]))),
        Field(
            3, "channels",
            .messages(EventSchema([Field(1, "name", .text), Field(2, "values", .doubles)]))),
    ])
}
