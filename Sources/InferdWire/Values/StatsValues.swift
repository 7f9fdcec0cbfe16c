package import InferdBase

/// Counters as the `stats` reply gives them; the meaning of each field stands in `control.proto`.
package struct StatsValues: Equatable, Sendable {
    package struct Model: Equatable, Sendable {
        package var name = ""
        package var version: UInt64 = 0
        package var generation: UInt64 = 0
        package var requests: UInt64 = 0
        package var engineRuns: UInt64 = 0
        package var engineRows: UInt64 = 0
        package var engineMicroseconds: UInt64 = 0
        package var queued: UInt32 = 0

        package init() {}
    }

    package struct Replies: Equatable, Sendable {
        package var code: StatusCode
        package var count: UInt64

        package init(code: StatusCode, count: UInt64) {
            self.code = code
            self.count = count
        }
    }

    package var uptimeMicroseconds: UInt64 = 0
    package var framesReceived: UInt64 = 0
    package var replies: [Replies] = []
    package var framesAbandoned: UInt64 = 0
    package var requestsInFlight: UInt64 = 0
    package var connectionsAccepted: UInt64 = 0
    package var connectionsRefused: UInt64 = 0
    package var connectionsOpen: UInt32 = 0
    package var bytesReceived: UInt64 = 0
    package var bytesSent: UInt64 = 0
    package var workers: UInt32 = 0
    package var workerBusyMicroseconds: UInt64 = 0
    package var models: [Model] = []
    package var isDraining = false

    package init() {}
}
