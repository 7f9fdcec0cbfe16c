import InferdBase

/// What a reply begins with: whose answer it is, and how it went.
struct ReplyHead {
    /// Of the request, as `RequestTemplate` counts.
    let number: Int
    let code: StatusCode

    /// Reads a reply's message. Nil when it answers no request of ours.
    init?(_ message: RawSpan) {
        var cursor = ByteCursor(message)
        do throws(ByteCursorError) {
            guard try cursor.readByte() == 0x08 else { return nil }
            let id = try cursor.readVarint()
            guard id >= RequestFrames.firstID, id - RequestFrames.firstID < RequestTemplate.capacity else { return nil }
            number = Int(id - RequestFrames.firstID)
            // Nothing but the id, no status, an empty one, or one that does not begin with its code: OK.
            guard !cursor.isAtEnd, try cursor.readByte() == 0x12, try cursor.readVarint() > 0,
                try cursor.readByte() == 0x08
            else {
                code = .ok
                return
            }
            guard let code = StatusCode(rawValue: UInt32(truncatingIfNeeded: try cursor.readVarint())) else {
                return nil
            }
            self.code = code
        } catch {
            return nil
        }
    }
}
