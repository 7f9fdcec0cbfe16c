import InferdBase

extension ReplyWriter {
    /// The body of a `predict` reply.
    /// - Parameters:
    ///   - model: the model's name, UTF-8.
    ///   - timestamps: microseconds since the epoch, one for each point.
    ///   - values: as many, in the target's unit.
    ///   - quantileValues: for each level in turn, one value for each point.
    package mutating func writePredict(
        model: RawSpan, version: UInt64, timestamps: Span<Int64>, values: Span<Double>,
        quantileLevels: Span<Double>, quantileValues: Span<Double>, metrics: MetricValues?, filledPoints: UInt32
    ) {
        precondition(timestamps.count == values.count)
        precondition(quantileValues.count == quantileLevels.count * values.count)
        let expected = (2 + quantileLevels.count) * values.count * 8 + 64
        let mark = bytes.beginMessage(BodyKind.predict.rawValue, expectedBytes: expected)
        bytes.appendField(1, model)
        bytes.appendField(2, varint: version)
        bytes.appendField(3, sfixed64: timestamps)
        bytes.appendField(4, values)
        for index in quantileLevels.indices {
            let quantile = bytes.beginMessage(5, expectedBytes: values.count * 8 + 16)
            bytes.appendField(1, quantileLevels[index])
            let start = index * values.count
            bytes.appendField(2, quantileValues.extracting(start..<start + values.count))
            bytes.endMessage(quantile)
        }
        if let metrics {
            writeMetrics(metrics)
        }
        bytes.appendField(7, filledPoints)
        bytes.endMessage(mark)
    }

    private mutating func writeMetrics(_ metrics: MetricValues) {
        let mark = bytes.beginMessage(6)
        writeMetric(1, metrics.mae)
        writeMetric(2, metrics.rmse)
        writeMetric(3, metrics.mape)
        writeMetric(4, metrics.smape)
        writeMetric(5, metrics.mase)
        writeMetric(6, metrics.coverage)
        bytes.endMessage(mark)
    }

    private mutating func writeMetric(_ number: UInt32, _ metric: MetricValue?) {
        guard let metric else { return }
        let mark = bytes.beginMessage(number)
        bytes.appendField(1, metric.value)
        bytes.appendField(2, metric.points)
        bytes.endMessage(mark)
    }
}
