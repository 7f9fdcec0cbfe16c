/// Messages that events have in common with each other and with replies.
extension FieldWriter {
    @_lifetime(self: copy self)
    mutating func writeEventID(_ number: UInt32, _ identifier: EventIdentifier) {
        let start = beginShortMessage(number)
        writeField(1, high: identifier.bootIDHigh, low: identifier.bootIDLow)
        writeField(2, varint: UInt64(identifier.producer))
        writeField(3, varint: identifier.sequence)
        endShortMessage(at: start)
    }

    @_lifetime(self: copy self)
    mutating func writeMetric(_ number: UInt32, _ metric: MetricValue?) {
        guard let metric else { return }
        let start = beginShortMessage(number)
        writeField(1, fixed64: metric.value.bitPattern)
        writeField(2, varint: UInt64(metric.points))
        endShortMessage(at: start)
    }

    @_lifetime(self: copy self)
    mutating func writeMetrics(_ number: UInt32, _ metrics: MetricValues) {
        let start = beginShortMessage(number)
        writeMetric(1, metrics.mae)
        writeMetric(2, metrics.rmse)
        writeMetric(3, metrics.mape)
        writeMetric(4, metrics.smape)
        writeMetric(5, metrics.mase)
        writeMetric(6, metrics.coverage)
        endShortMessage(at: start)
    }

    @_lifetime(self: copy self)
    mutating func writeReceipt(_ number: UInt32, _ receipt: ReceiptValues) {
        let start = beginShortMessage(number)
        writeField(1, receipt.receive)
        writeField(2, receipt.queue)
        writeField(3, receipt.decode)
        writeField(4, receipt.precheck)
        writeField(5, receipt.checkUniform)
        writeField(6, receipt.prepareFrame)
        writeField(7, receipt.window)
        writeField(8, receipt.model)
        writeField(9, receipt.inverseScale)
        writeField(10, receipt.metrics)
        writeField(11, receipt.serialize)
        writeField(12, receipt.publish)
        writeField(13, receipt.total)
        writeField(14, varint: UInt64(receipt.modelRuns))
        writeField(15, varint: UInt64(receipt.batchRows))
        writeField(16, varint: UInt64(receipt.worker))
        endShortMessage(at: start)
    }
}
