import FoundationEssentials
package import InferdBase

/// Inputs with the outputs that the trained model gave for them; replayed before a bundle serves.
package enum GoldenCase: Sendable {
    case tensors(GoldenTensors)
    case predict(GoldenPrediction)

    package var name: String {
        switch self {
        case .tensors(let tensors): tensors.name
        case .predict(let prediction): prediction.name
        }
    }

    /// Reads the content of `golden.json`.
    static func read(json text: String) throws(BundleError) -> [GoldenCase] {
        do {
            let file = try JSONDecoder().decode(GoldenFile.self, from: Data(text.utf8))
            guard file.format == 1 else {
                throw BundleError(file: Bundle.goldenName, "format: expected 1, found \(file.format)")
            }
            guard !file.cases.isEmpty else {
                throw BundleError(file: Bundle.goldenName, "cases: expected one at least, found none")
            }
            return file.cases
        } catch let error as BundleError {
            throw error
        } catch let error as DecodingError {
            throw BundleError(file: Bundle.goldenName, describe(error))
        } catch {
            throw BundleError(file: Bundle.goldenName, "cannot be read")
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        func place(_ path: [any CodingKey]) -> String {
            let names = path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }
            return String(names.joined().drop { $0 == "." })
        }
        switch error {
        case .keyNotFound(let key, let context):
            return "\(place(context.codingPath + [key])): expected a value, found none"
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            return "\(place(context.codingPath)): expected \(type), found something else"
        case .dataCorrupted(let context):
            if !context.codingPath.isEmpty {
                return "\(place(context.codingPath)): \(BundleError.shown(context.debugDescription))"
            }
            // The decoder does not tell a number that does not fit its place from what is no JSON at all.
            return "expected JSON whose numbers fit their places, found something else"
        @unknown default:
            return "cannot be read"
        }
    }
}

private struct GoldenFile: Decodable {
    let format: Int
    let cases: [GoldenCase]
}

extension GoldenCase: Decodable {
    private enum Key: String, CodingKey {
        case kind
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let kind = try container.decode(String.self, forKey: .kind)
        switch kind {
        case "tensors": self = .tensors(try GoldenTensors(from: decoder))
        case "predict": self = .predict(try GoldenPrediction(from: decoder))
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .kind, in: container,
                debugDescription: "expected tensors or predict, found '\(BundleError.shown(kind))'")
        }
    }
}

/// One run of the model on tensors.
package struct GoldenTensors: Decodable, Sendable {
    package struct Tensor: Decodable, Sendable {
        package let name: String
        package let type: String
        package let shape: [Int64]
        /// Elements in row-major order, whatever their type.
        package let data: [Double]

        /// nil: no type of ours.
        package var elementType: ElementType? {
            ElementType.allCases.first { $0.name == type && $0 != .string }
        }
    }

    package let name: String
    package let inputs: [Tensor]
    package let outputs: [Tensor]
    package let tolerance: Double
}

/// A whole forecast.
package struct GoldenPrediction: Decodable, Sendable {
    package struct Request: Decodable, Sendable {
        package struct Regular: Decodable, Sendable {
            package let start_us: Int64
            package let step: String?
        }

        package let timestamps_us: [Int64]?
        package let regular: Regular?
        package let channels: [String: [Double]]
        package let future: [String: [Double]]?
        package let horizon: UInt32?
        package let quantiles: [Double]?
        /// nil where an actual is not known.
        package let actuals: [Double?]?
    }

    package struct Expectation: Decodable, Sendable {
        package let timestamps_us: [Int64]?
        package let values: [Double]
        package let quantiles: [[Double]]?
        package let filled_points: UInt32?
        package let metrics: [String: Double]?
    }

    package let name: String
    package let request: Request
    package let expect: Expectation
    package let tolerance: Double
}
