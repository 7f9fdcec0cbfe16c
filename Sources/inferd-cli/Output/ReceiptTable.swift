import InferdClient

/// A receipt as text.
enum ReceiptTable {
    static func text(_ receipt: Receipt) -> String {
        var table = TextTable([("stage", .left), ("us", .right), ("share", .right)])
        for (name, microseconds) in receipt.stages where microseconds > 0 {
            table.add([name, Numbers.fixed(Double(microseconds), decimals: 1), share(microseconds, receipt)])
        }
        table.add(["total", Numbers.fixed(Double(receipt.total), decimals: 1), share(receipt.total, receipt)])
        let worker = receipt.worker == 0 ? "the I/O thread" : "worker \(receipt.worker)"
        let runs = receipt.modelRuns == 1 ? "1 model run" : "\(receipt.modelRuns) model runs"
        let rows = receipt.batchRows == 1 ? "1 row" : "\(receipt.batchRows) rows"
        return table.text() + "\(runs), at most \(rows) each, on \(worker)\n"
    }

    private static func share(_ part: Float, _ receipt: Receipt) -> String {
        receipt.total > 0 ? Numbers.fixed(Double(part / receipt.total) * 100, decimals: 1) + " %" : ""
    }

    static func json(_ receipt: Receipt) -> JSONValue {
        let stages = receipt.stages.map { ("\($0.name)_us", JSONValue.float($0.microseconds)) }
        return .object(
            stages + [
                ("total_us", .float(receipt.total)), ("model_runs", .unsigned(UInt64(receipt.modelRuns))),
                ("batch_rows", .unsigned(UInt64(receipt.batchRows))), ("worker", .unsigned(UInt64(receipt.worker))),
            ])
    }
}
