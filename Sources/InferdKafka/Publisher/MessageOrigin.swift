/// Where a message that is out has come from.
enum MessageOrigin<Record: Sendable>: Sendable {
    case source(Record)
    case store(StoredPlace)
}
