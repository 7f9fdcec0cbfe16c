/// The value axis: bounds and ticks at round numbers.
struct ValueAxis: Equatable {
    var lowest: Double
    var highest: Double
    /// Rising.
    var ticks: [Double]
    /// Digits behind the point in labels.
    var decimals: Int

    /// An axis over values from `minimum` to `maximum`, both finite, with at most `maximumTicks` ticks.
    init(minimum: Double, maximum: Double, maximumTicks: Int) {
        var (low, high) = (minimum, maximum)
        if low == high {
            // A flat line lies in the middle.
            let margin = max(low.magnitude * 0.05, 1)
            (low, high) = (low - margin, high + margin)
        }
        let step = Self.roundStep(atLeast: (high / 2 - low / 2) * 2 / Double(max(maximumTicks - 1, 1)))
        let first = (low / step).rounded(.down)
        let last = (high / step).rounded(.up)
        lowest = low
        highest = high
        ticks = []
        decimals = max(-Numbers.magnitude(step), 0)
        // Steps too small for the numbers they part, or beyond what a double counts, leave the bounds.
        guard step.isFinite, step > 0, (last - first).isFinite, last - first <= 100 else {
            ticks = [low, high]
            return
        }
        lowest = first * step
        highest = last * step
        for index in 0...Int(last - first) {
            ticks.append((first + Double(index)) * step)
        }
    }

    /// 1, 2 or 5 times a power of ten.
    private static func roundStep(atLeast minimum: Double) -> Double {
        let unit = Numbers.power(of: 10, Numbers.magnitude(minimum))
        for factor in [1.0, 2.0, 5.0] where factor * unit >= minimum * (1 - 1e-9) {
            return factor * unit
        }
        return 10 * unit
    }

    func label(_ tick: Double) -> String { Numbers.fixed(tick, decimals: decimals) }

    /// Where a value lies between the lowest (0) and the highest (1).
    func position(_ value: Double) -> Double { (value / 2 - lowest / 2) / (highest / 2 - lowest / 2) }
}
