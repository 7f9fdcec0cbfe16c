/// The envelope of a request, as a client fills it; the meaning of each field stands in
/// `envelope.proto`.
package struct RequestHead: Equatable, Sendable {
    package var id: UInt64
    package var timeoutMilliseconds: UInt32 = 0
    package var traceparent = ""
    package var model = ""
    package var version: UInt64 = 0
    package var cacheBypass = false
    package var cacheRefresh = false
    package var cacheMaximumAgeMilliseconds: UInt32 = 0
    package var wantReceipt = false
    package var isBatchPriority = false

    package init(id: UInt64) {
        self.id = id
    }
}
