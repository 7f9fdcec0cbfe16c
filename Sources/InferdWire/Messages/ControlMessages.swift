import CInferdProto
package import InferdBase

/// The body of a `hello` request.
package struct HelloMessage: Equatable, Sendable {
    package let protocolVersion: UInt32
    package let clientName: String
    package let token: String
    package let acceptsCompressed: Bool

    package static func decode(_ body: RawSpan, arena: inout MessageArena) throws(RequestError) -> HelloMessage {
        let descriptor = unsafe inferd_hello_request_descriptor()
        let message = try unsafe decodeMessage(
            body, as: descriptor, Inferd__V1__HelloRequest.self, name: "hello", scan: .request, arena: &arena)
        let hello = unsafe HelloMessage(
            protocolVersion: message.pointee.protocol_version,
            clientName: String(decoding: textBytes(message.pointee.client_name), as: UTF8.self),
            token: String(decoding: textBytes(message.pointee.token), as: UTF8.self),
            acceptsCompressed: message.pointee.accept_lz4 != 0)
        guard hello.protocolVersion <= Version.wireProtocol else {
            throw .invalid(
                "hello.protocol_version", "\(hello.protocolVersion); this daemon speaks \(Version.wireProtocol)")
        }
        guard hello.clientName.utf8.count <= Limits.clientNameBytes else {
            throw .invalid("hello.client_name", "more than \(Limits.clientNameBytes) bytes")
        }
        guard hello.token.utf8.count <= Limits.tokenBytes else {
            throw .invalid("hello.token", "more than \(Limits.tokenBytes) bytes")
        }
        return hello
    }
}

/// The body of a `cancel` request.
package struct CancelMessage: Equatable, Sendable {
    /// The request to withdraw.
    package let id: UInt64

    package static func decode(_ body: RawSpan, arena: inout MessageArena) throws(RequestError) -> CancelMessage {
        let descriptor = unsafe inferd_cancel_request_descriptor()
        let message = try unsafe decodeMessage(
            body, as: descriptor, Inferd__V1__CancelRequest.self, name: "cancel", scan: .request, arena: &arena)
        let id = unsafe message.pointee.id
        guard id != 0 else { throw .invalid("cancel.id", "0 is no request's id") }
        return CancelMessage(id: id)
    }
}

/// The body of a `ping` request.
@unsafe
package struct PingMessage {
    /// Bytes to echo, in the arena; they end with its next reset.
    package let payload: UnsafeRawBufferPointer

    package static func decode(_ body: RawSpan, arena: inout MessageArena) throws(RequestError) -> PingMessage {
        let descriptor = unsafe inferd_ping_request_descriptor()
        let message = try unsafe decodeMessage(
            body, as: descriptor, Inferd__V1__PingRequest.self, name: "ping", scan: .request, arena: &arena)
        let payload = unsafe UnsafeRawBufferPointer(
            start: message.pointee.payload.data, count: message.pointee.payload.len)
        guard payload.count <= Limits.pingPayloadBytes else {
            throw .invalid(
                "ping.payload", "\(payload.count) bytes; at most \(Limits.pingPayloadBytes)")
        }
        return unsafe PingMessage(payload: payload)
    }
}

/// Bodies without fields: only unknown ones, which are skipped, may stand in them.
package enum EmptyMessage {
    package static func check(_ body: RawSpan, _ kind: BodyKind) throws(RequestError) {
        let descriptor =
            unsafe kind == .models
            ? inferd_models_request_descriptor()
            : inferd_stats_request_descriptor()
        do throws(RequestError) {
            try unsafe PreScan.request.check(body, descriptor)
        } catch {
            throw .invalid(kind.name, error.message)
        }
    }
}
