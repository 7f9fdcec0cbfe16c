import CInferdProto
package import InferdBase

/// The body of a `predict` request. Everything it gives lies in the arena it was decoded into and ends
/// with the arena's next reset.
@unsafe
package struct PredictMessage {
    private let message: UnsafePointer<Inferd__V1__PredictRequest>
    private let history: UnsafePointer<Inferd__V1__History>?

    package static func decode(_ body: RawSpan, arena: inout MessageArena) throws(RequestError) -> PredictMessage {
        let descriptor = unsafe inferd_predict_request_descriptor()
        let message = try unsafe decodeMessage(
            body, as: descriptor, Inferd__V1__PredictRequest.self, name: "predict", scan: .request, arena: &arena)
        return unsafe PredictMessage(message: message, history: UnsafePointer(message.pointee.history))
    }

    package var seriesID: UnsafeRawBufferPointer { unsafe textBytes(message.pointee.series_id) }

    package var timestamps: UnsafeBufferPointer<Int64> {
        guard let history = unsafe history else { return unsafe UnsafeBufferPointer(start: nil, count: 0) }
        return unsafe UnsafeBufferPointer(
            start: history.pointee.timestamps_us, count: history.pointee.n_timestamps_us)
    }

    package var hasRegularTime: Bool { unsafe history?.pointee.regular != nil }
    package var regularStart: Int64 { unsafe history?.pointee.regular?.pointee.start_us ?? 0 }
    package var regularStep: UnsafeRawBufferPointer { unsafe textBytes(history?.pointee.regular?.pointee.step) }

    package var channelCount: Int { unsafe history?.pointee.n_channels ?? 0 }
    package func channelName(_ index: Int) -> UnsafeRawBufferPointer { unsafe Self.name(channel(index)) }
    package func channelValues(_ index: Int) -> UnsafeBufferPointer<Double> { unsafe Self.values(channel(index)) }

    /// 0: the model's default.
    package var horizon: UInt32 { unsafe message.pointee.horizon }

    package var futureCount: Int { unsafe message.pointee.n_future }
    package func futureName(_ index: Int) -> UnsafeRawBufferPointer { unsafe Self.name(future(index)) }
    package func futureValues(_ index: Int) -> UnsafeBufferPointer<Double> { unsafe Self.values(future(index)) }

    package var quantiles: UnsafeBufferPointer<Double> {
        unsafe UnsafeBufferPointer(start: message.pointee.quantiles, count: message.pointee.n_quantiles)
    }

    package var actuals: UnsafeBufferPointer<Double> {
        unsafe UnsafeBufferPointer(start: message.pointee.actuals, count: message.pointee.n_actuals)
    }

    private func channel(_ index: Int) -> UnsafeMutablePointer<Inferd__V1__Channel>? {
        precondition(unsafe index >= 0 && index < channelCount)
        return unsafe history?.pointee.channels[index]
    }

    private func future(_ index: Int) -> UnsafeMutablePointer<Inferd__V1__Channel>? {
        precondition(unsafe index >= 0 && index < futureCount)
        return unsafe message.pointee.future[index]
    }

    private static func name(_ channel: UnsafeMutablePointer<Inferd__V1__Channel>?) -> UnsafeRawBufferPointer {
        unsafe textBytes(channel?.pointee.name)
    }

    private static func values(
        _ channel: UnsafeMutablePointer<Inferd__V1__Channel>?
    ) -> UnsafeBufferPointer<Double> {
        unsafe UnsafeBufferPointer(start: channel?.pointee.values, count: channel?.pointee.n_values ?? 0)
    }
}
