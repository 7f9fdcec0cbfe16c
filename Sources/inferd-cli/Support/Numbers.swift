/// Numbers in text.
enum Numbers {
    /// `decimals` digits behind the point. Halves go away from zero.
    static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        let scale = power(of: 10, decimals)
        let scaled = (value.magnitude * scale).rounded(.toNearestOrAwayFromZero)
        // Beyond 2^53 a double has no digits behind the point to show.
        guard scaled < 9e15 else { return "\(value)" }
        let digits = String(UInt64(scaled))
        let padded = String(repeating: "0", count: max(decimals + 1 - digits.utf8.count, 0)) + digits
        let sign = value < 0 && scaled != 0 ? "-" : ""
        if decimals == 0 { return sign + padded }
        return "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
    }

    /// About `digits` digits that count, never fewer than those before the point.
    static func significant(_ value: Double, digits: Int) -> String {
        fixed(value, decimals: max(digits - 1 - magnitude(value), 0))
    }

    /// The exponent of ten of a number's first digit; 0 for 0.
    static func magnitude(_ value: Double) -> Int {
        guard value.isFinite, value != 0 else { return 0 }
        var exponent = 0
        var rest = value.magnitude
        while rest >= 10 {
            rest /= 10
            exponent += 1
        }
        while rest < 1 && exponent > -12 {
            rest *= 10
            exponent -= 1
        }
        return exponent
    }

    /// `base` to the power of `exponent`, which may be negative.
    static func power(of base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<exponent.magnitude { result *= base }
        return exponent < 0 ? 1 / result : result
    }
}
