import InferdWire

extension EventHeaders {
    var modelName: String { Self.text(model) }

    /// Empty: the series has no name.
    var seriesName: String { Self.text(seriesID) }

    private static func text(_ bytes: RawSpan) -> String {
        // Sound: the bytes are copied before the call returns.
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
