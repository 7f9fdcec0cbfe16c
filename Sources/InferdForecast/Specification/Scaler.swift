import Glibc

/// How a channel's values become what the model was trained on: (x - center) / spread, or ln(1 + x).
package enum Scaler: Equatable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Mean and population standard deviation.
        case standard
        /// Minimum and range.
        case minmax
        /// Median and interquartile range.
        case robust
    }

    case none
    case log1p
    /// Parameters from training.
    case fitted(Kind, center: Double, spread: Double)
    /// Parameters from the last window of each request, kept for its whole horizon.
    case perWindow(Kind)

    func validate(_ key: String) throws(ForecastSpecificationError) {
        guard case .fitted(_, let center, let spread) = self else { return }
        guard center.isFinite, spread.isFinite, spread >= 0 else {
            throw ForecastSpecificationError(key, "its numbers must be finite, the spread not negative")
        }
    }
}

/// A scaler with its numbers.
struct FittedScaler {
    let isLogarithmic: Bool
    let center: Double
    let spread: Double

    static let identity = FittedScaler(isLogarithmic: false, center: 0, spread: 1)

    private init(isLogarithmic: Bool, center: Double, spread: Double) {
        self.isLogarithmic = isLogarithmic
        self.center = center
        self.spread = spread
    }

    /// - Parameters:
    ///   - window: the channel's last values, of which there is one at least.
    ///   - scratch: emptied and used.
    init(_ scaler: Scaler, window: Span<Double>, scratch: inout [Double]) {
        switch scaler {
        case .none:
            self = .identity
        case .log1p:
            self.init(isLogarithmic: true, center: 0, spread: 1)
        case .fitted(_, let center, let spread):
            self.init(isLogarithmic: false, center: center, spread: spread)
        case .perWindow where Self.isConstant(window):
            // The sum of equal values may round: their mean would be another value, their spread not 0.
            self.init(isLogarithmic: false, center: window[0], spread: 0)
        case .perWindow(.standard):
            var sum = 0.0
            for index in window.indices { sum += window[index] }
            let mean = sum / Double(window.count)
            var squares = 0.0
            for index in window.indices { squares += (window[index] - mean) * (window[index] - mean) }
            self.init(isLogarithmic: false, center: mean, spread: (squares / Double(window.count)).squareRoot())
        case .perWindow(.minmax):
            var least = window[0]
            var greatest = least
            for index in window.indices {
                least = min(least, window[index])
                greatest = max(greatest, window[index])
            }
            self.init(isLogarithmic: false, center: least, spread: greatest - least)
        case .perWindow(.robust):
            scratch.removeAll(keepingCapacity: true)
            for index in window.indices { scratch.append(window[index]) }
            scratch.sort()
            let range = Self.quantile(0.75, of: scratch) - Self.quantile(0.25, of: scratch)
            self.init(isLogarithmic: false, center: Self.quantile(0.5, of: scratch), spread: range)
        }
    }

    private static func isConstant(_ window: Span<Double>) -> Bool {
        for index in window.indices where window[index] != window[0] { return false }
        return true
    }

    /// Linear interpolation between the closest ranks (Hyndman and Fan 1996, definition 7), which is
    /// numpy's default.
    private static func quantile(_ level: Double, of sorted: [Double]) -> Double {
        let place = level * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }

    /// Zero spread scales everything to 0.
    func scale(_ value: Double) -> Double {
        if isLogarithmic { return Glibc.log1p(value) }
        return spread == 0 ? 0 : (value - center) / spread
    }

    /// Zero spread gives the center, exactly.
    func unscale(_ value: Double) -> Double {
        if isLogarithmic { return expm1(value) }
        return spread == 0 ? center : value * spread + center
    }
}
