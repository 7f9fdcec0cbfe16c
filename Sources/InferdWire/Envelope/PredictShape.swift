import InferdBase

/// What a body says of the work it asks for, read without decoding it: for admission, which must cost
/// less than the work. A body that cannot be read says nothing here, and is refused by its decoder.
package struct PredictShape: Equatable, Sendable {
    private enum Field {
        static let seriesID: UInt32 = 1
        static let history: UInt32 = 2
        static let horizon: UInt32 = 3
        static let quantiles: UInt32 = 5
    }

    /// Bytes of a reply beside its numbers.
    private static let replyOverheadBytes = 512

    /// 0: the model's default, or a body that forecasts nothing.
    package private(set) var horizon: UInt32 = 0
    /// Quantile levels that are asked for.
    package private(set) var quantiles = 0
    package private(set) var seriesIDBytes = 0
    /// Where the body's history stands; empty: nowhere, or in several pieces.
    package private(set) var history = 0..<0
    private var historyPieces = 0
    package let bodyBytes: Int

    package init(_ kind: BodyKind, _ body: RawSpan) {
        bodyBytes = body.byteCount
        guard kind == .predict else { return }
        var cursor = ByteCursor(body)
        while !cursor.isAtEnd, let field = try? cursor.readField() {
            switch (field.number, field.type) {
            case (Field.seriesID, .lengthDelimited):
                seriesIDBytes = field.content.count
            case (Field.history, .lengthDelimited):
                historyPieces += 1
                history = historyPieces == 1 ? field.content : 0..<0
            case (Field.horizon, .varint):
                horizon = UInt32(clamping: field.bits)
            case (Field.quantiles, .lengthDelimited):
                quantiles += field.content.count / 8
            case (Field.quantiles, .fixed64):
                quantiles += 1
            default:
                break
            }
        }
    }

    /// Bytes that the reply is expected to have.
    /// - Parameter steps: that are forecast; 0: tensors go in and out, and about as many.
    package func expectedReplyBytes(steps: Int) -> Int {
        if steps == 0 { return bodyBytes + Self.replyOverheadBytes }
        return steps * (2 + min(quantiles, Limits.quantiles)) * 8 + Self.replyOverheadBytes
    }
}
