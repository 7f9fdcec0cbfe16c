/// A prediction's event as JSON; the names are those of `event.proto`.
struct JSONEvent: Decodable {
    struct Identifier: Decodable {
        let boot_id: String
        let producer: UInt32
        let sequence: UInt64
    }

    let event_id: Identifier
    let model: String
    let version: UInt64
    let series_id: String
    let timestamps_us: [Int64]
    let values: [Double]
    let traceparent: String
}
