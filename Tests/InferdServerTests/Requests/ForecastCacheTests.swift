import Foundation
import InferdServer
import InferdTestSupport
import InferdWire
import Testing

/// How long forecasts are kept.
struct ForecastCacheTests {
    private static let hour: Int64 = 3_600_000_000

    /// When a series of four hourly samples began whose next is due in `minutes`.
    private func start(nextDueIn minutes: Int64) -> Int64 {
        Int64(Date.now.timeIntervalSince1970 * 1_000_000) + minutes * 60_000_000 - 4 * Self.hour
    }

    private func outcomes(_ server: ForecastServer, start: Int64) throws -> [CacheOutcome?] {
        let client = try server.connect()
        return try (0..<2).map { _ in
            try client.forecast(start: start)
            let reply = try client.receive()
            guard case .predict(let forecast) = reply.body else {
                Issue.record("no forecast: \(reply)")
                return nil
            }
            #expect(forecast.values == [5, 6, 7, 8, 9, 10])
            return reply.cache
        }
    }

    @Test func untilTheNextSampleIsDue() throws {
        let server = try ForecastServer(timeToLive: "cadence")
        #expect(try outcomes(server, start: start(nextDueIn: 30)) == [.miss, .hit])
        // It is due already.
        #expect(try outcomes(server, start: start(nextDueIn: -1)) == [.miss, .miss])
        #expect(try outcomes(server, start: 0) == [.miss, .miss])
    }

    @Test func asLongAsTheBundleSays() throws {
        #expect(try outcomes(ForecastServer(timeToLive: "1h"), start: 0) == [.miss, .hit])
    }

    @Test func asLongAsTheDaemonSaysWhereTheBundleDoesNot() throws {
        #expect(try outcomes(ForecastServer { $0.cacheMilliseconds = 60_000 }, start: 0) == [.miss, .hit])
        #expect(try outcomes(ForecastServer { $0.cacheMilliseconds = 0 }, start: 0) == [.miss, .miss])
    }

    @Test func theModelsSettingsGoBeforeItsBundle() throws {
        let server = try ForecastServer(timeToLive: "cadence") { $0.modelDefaults.timeToLiveMilliseconds = 60_000 }
        #expect(try outcomes(server, start: 0) == [.miss, .hit])
    }
}
