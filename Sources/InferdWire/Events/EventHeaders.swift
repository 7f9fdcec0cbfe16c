/// What an event is published and found by, whatever its kind. Borrows the event's bytes and allocates nothing.
package struct EventHeaders: ~Escapable {
    package private(set) var eventID = EventIdentifier(bootIDHigh: 0, bootIDLow: 0, producer: 0, sequence: 0)
    package private(set) var version: UInt64 = 0
    private let bytes: RawSpan
    private var modelRange = 0..<0
    private var seriesIDRange = 0..<0
    private var traceparentRange = 0..<0

    /// Reads an event's headers; other fields are passed over.
    @_lifetime(copy bytes)
    package init(kind: EventKind, _ bytes: RawSpan) throws(EventError) {
        self.bytes = bytes
        // The kinds number their fields differently; accuracy is nobody's trace.
        let numbers: (model: UInt32, version: UInt32, seriesID: UInt32, traceparent: UInt32?) =
            switch kind {
            case .prediction: (3, 4, 5, 13)
            case .accuracy: (2, 3, 4, nil)
            }
        var found = Found()
        try EventFields.forEach(in: bytes) { field throws(EventError) in
            switch field.number {
            case 1: found.eventID = try EventFields.identifier(bytes.extracting(EventFields.content(field)))
            case numbers.model: found.model = try EventFields.content(field)
            case numbers.version: found.version = try EventFields.unsigned(field)
            case numbers.seriesID: found.seriesID = try EventFields.content(field)
            case numbers.traceparent: found.traceparent = try EventFields.content(field)
            default: break
            }
        }
        guard let eventID = found.eventID else { throw EventError("an event without id") }
        self.eventID = eventID
        version = found.version
        modelRange = found.model
        seriesIDRange = found.seriesID
        traceparentRange = found.traceparent
    }

    private struct Found {
        var eventID: EventIdentifier?
        var version: UInt64 = 0
        var model = 0..<0
        var seriesID = 0..<0
        var traceparent = 0..<0
    }

    /// UTF-8, unless the event is damaged.
    package var model: RawSpan {
        @_lifetime(copy self)
        get { bytes.extracting(modelRange) }
    }

    /// Empty: the series has no name.
    package var seriesID: RawSpan {
        @_lifetime(copy self)
        get { bytes.extracting(seriesIDRange) }
    }

    /// Empty: none.
    package var traceparent: RawSpan {
        @_lifetime(copy self)
        get { bytes.extracting(traceparentRange) }
    }
}
