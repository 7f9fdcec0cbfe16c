/// One reply of the daemon in the client's own types.
struct DecodedAnswer {
    /// 0: not the answer to a request.
    var id: UInt64
    /// nil: OK.
    var refusal: Refusal?
    var receipt: Receipt?
    var cache: CacheReport?
    /// nil: a refusal, or a goaway.
    var body: ReplyBody?
    /// The last request the daemon has read, by its place on the connection counted from 1; nil: it
    /// goes on reading.
    var lastRequestRead: UInt64?
}
