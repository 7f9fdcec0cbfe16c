import CInferdProto
package import InferdBase

/// Reads replies; the client's side of the wire.
package enum ReplyMessage {
    /// Decodes `message`, a whole `Reply`.
    package static func decode(_ message: RawSpan) throws(RequestError) -> DecodedReply {
        var arena = MessageArena()
        let descriptor = unsafe inferd_reply_descriptor()
        let reply = try unsafe decodeMessage(
            message, as: descriptor, Inferd__V1__Reply.self, name: "reply", scan: .reply, arena: &arena)
        // The arena must outlive what is read from it.
        return try withExtendedLifetime(arena) { () throws(RequestError) in
            try unsafe read(reply.pointee)
        }
    }

    private static func read(_ reply: Inferd__V1__Reply) throws(RequestError) -> DecodedReply {
        var decoded = DecodedReply()
        decoded.id = unsafe reply.id
        if let status = unsafe reply.status?.pointee, unsafe status.code.rawValue != 0 {
            decoded.error = unsafe RequestError(
                StatusCode(rawValue: UInt32(status.code.rawValue)) ?? .internal, text(status.message),
                field: text(status.field), retryAfterMilliseconds: status.retry_after_ms)
        }
        if let receipt = unsafe reply.receipt {
            decoded.receipt = unsafe values(receipt.pointee)
        }
        if let cache = unsafe reply.cache {
            decoded.cache = unsafe CacheOutcome(rawValue: UInt32(cache.pointee.outcome.rawValue))
            decoded.cacheAgeMilliseconds = unsafe cache.pointee.age_ms
        }
        decoded.body = try unsafe body(reply)
        return decoded
    }

    private static func body(_ reply: Inferd__V1__Reply) throws(RequestError) -> DecodedReply.Body {
        switch unsafe reply.body_case {
        case INFERD__V1__REPLY__BODY_HELLO:
            return unsafe .hello(values(reply.hello.pointee))
        case INFERD__V1__REPLY__BODY_PREDICT:
            return unsafe .predict(values(reply.predict.pointee))
        case INFERD__V1__REPLY__BODY_INFER:
            let infer = unsafe reply.infer.pointee
            return try unsafe .infer(
                model: text(infer.model), version: infer.version,
                outputs: elements(infer.outputs, infer.n_outputs).map(tensor))
        case INFERD__V1__REPLY__BODY_MODELS:
            let models = unsafe reply.models.pointee
            return unsafe .models(elements(models.models, models.n_models).map { unsafe values($0) })
        case INFERD__V1__REPLY__BODY_STATS:
            return unsafe .stats(values(reply.stats.pointee))
        case INFERD__V1__REPLY__BODY_CANCEL:
            return unsafe .cancel(cancelled: reply.cancel.pointee.cancelled != 0)
        case INFERD__V1__REPLY__BODY_PING:
            let payload = unsafe reply.ping.pointee.payload
            return unsafe .ping(payload: Array(UnsafeBufferPointer(start: payload.data, count: payload.len)))
        case INFERD__V1__REPLY__BODY_GOAWAY:
            return unsafe .goAway(lastRequest: reply.goaway.pointee.last_request)
        default:
            return .none
        }
    }

    private static func tensor(_ tensor: Inferd__V1__Tensor) throws(RequestError) -> TensorValues {
        guard let type = unsafe ElementType(rawValue: UInt32(tensor.type.rawValue)) else {
            throw unsafe .invalid("reply.infer.outputs", "unknown type \(tensor.type.rawValue)")
        }
        return unsafe TensorValues(
            name: text(tensor.name), type: type,
            shape: Array(UnsafeBufferPointer(start: tensor.shape, count: tensor.n_shape)),
            data: Array(UnsafeBufferPointer(start: tensor.data.data, count: tensor.data.len)))
    }
}

// How protobuf-c's values become Swift's.

func text(_ pointer: UnsafePointer<CChar>?) -> String {
    unsafe String(decoding: textBytes(pointer), as: UTF8.self)
}

/// The elements of a repeated field of messages.
func elements<Element>(_ list: UnsafeMutablePointer<UnsafeMutablePointer<Element>?>?, _ count: Int) -> [Element] {
    unsafe UnsafeBufferPointer(start: list, count: count).compactMap { unsafe $0?.pointee }
}
