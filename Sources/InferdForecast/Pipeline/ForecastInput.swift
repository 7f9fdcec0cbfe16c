/// What a request holds, as the pipeline reads it. Buffers stay valid while the request is computed.
package protocol ForecastInput {
    var seriesID: UnsafeRawBufferPointer { get }
    /// Microseconds since the epoch; empty when `hasRegularTime`.
    var timestamps: UnsafeBufferPointer<Int64> { get }
    var hasRegularTime: Bool { get }
    var regularStart: Int64 { get }
    /// Empty: the model's step.
    var regularStep: UnsafeRawBufferPointer { get }
    var channelCount: Int { get }
    func channelName(_ index: Int) -> UnsafeRawBufferPointer
    func channelValues(_ index: Int) -> UnsafeBufferPointer<Double>
    /// 0: the model's default.
    var horizon: UInt32 { get }
    var futureCount: Int { get }
    func futureName(_ index: Int) -> UnsafeRawBufferPointer
    func futureValues(_ index: Int) -> UnsafeBufferPointer<Double>
    var quantiles: UnsafeBufferPointer<Double> { get }
    /// NaN where an actual is not known.
    var actuals: UnsafeBufferPointer<Double> { get }
}
