import Foundation
import InferdTestSupport
import InferdWire

/// The cases of one synthetic bundle, as `Tests/Golden/generate.py` wrote them.
struct GoldenCases: Decodable {
    struct Case: Decodable {
        let name: String
        let request: Request
        let expect: Answer?
        let expect_error: Refusal?
        /// Spread of the target's scaler.
        let target_scale: Double?
    }

    struct Channel: Decodable {
        let name: String
        let values: [Double]
    }

    struct Regular: Decodable {
        let start_us: Int64
        let step: String
    }

    struct Request: Decodable {
        let timestamps_us: [Int64]?
        let regular: Regular?
        let channels: [Channel]
        let future: [Channel]?
        let horizon: UInt32?
        let quantiles: [Double]?
        let actuals: [Double?]?

        var values: PredictValues {
            var values = PredictValues()
            values.seriesID = "series"
            values.timestamps = timestamps_us ?? []
            values.regular = regular.map { PredictValues.RegularTime(start: $0.start_us, step: $0.step) }
            values.channels = channels.map { PredictValues.Channel(name: $0.name, values: $0.values) }
            values.future = (future ?? []).map { PredictValues.Channel(name: $0.name, values: $0.values) }
            values.horizon = horizon ?? 0
            values.quantiles = quantiles ?? []
            values.actuals = (actuals ?? []).map { $0 ?? .nan }
            return values
        }
    }

    struct Answer: Decodable {
        let timestamps_us: [Int64]
        let values: [Double]
        let quantiles: [[Double]]
        let filled_points: UInt32
        let metrics: [String: Double]?
    }

    struct Refusal: Decodable {
        let code: String
        let field: String
    }

    let model: String
    let cases: [Case]

    static let models = DaemonProcess.sourceRoot.appendingPathComponent("Tests/Golden/models").path

    /// Names of all bundles.
    static let names: [String] = {
        let folder = DaemonProcess.sourceRoot.appendingPathComponent("Tests/Golden/cases").path
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }()

    static func read(_ name: String) throws -> GoldenCases {
        let file = DaemonProcess.sourceRoot.appendingPathComponent("Tests/Golden/cases/\(name).json")
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try decoder.decode(GoldenCases.self, from: Data(contentsOf: file))
    }
}
