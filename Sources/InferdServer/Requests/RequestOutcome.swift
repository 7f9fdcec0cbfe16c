import InferdBase

/// What a computation that others may share came to.
struct RequestOutcome: ~Copyable {
    /// The request's body, which has `bodyBytes` bytes, then the encoded field of the reply's body. Empty
    /// after a failure.
    var content = OwnedBytes()
    var bodyBytes = 0
    var failure: RequestError?
    /// When it was computed; the I/O thread may come to know of it much later.
    var computedAt = MonotonicTime(nanoseconds: 0)
    /// When the series has its next sample, in microseconds since the epoch; nil: not a forecast.
    var nextSampleDue: Int64?
}
