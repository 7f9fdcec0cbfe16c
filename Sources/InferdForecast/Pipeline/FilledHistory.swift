/// A history with its gaps closed.
struct FilledHistory {
    /// The grid's place of each point, rising; empty when there are no gaps.
    let places: [Int]
    /// Points once the gaps are filled.
    let pointCount: Int
    let policy: ForecastSpecification.GapPolicy

    /// Appends one channel's points from place `first` on.
    func append(_ values: UnsafeBufferPointer<Double>, from first: Int, to target: inout [Double]) {
        if places.isEmpty {
            unsafe target.append(contentsOf: UnsafeBufferPointer(rebasing: values[first...]))
            return
        }
        // The last point that is not after `first`.
        var index = 0
        while index + 1 < places.count, places[index + 1] <= first { index += 1 }
        for place in first..<pointCount {
            if index + 1 < places.count, places[index + 1] <= place { index += 1 }
            let value = unsafe values[index]
            if places[index] == place || policy == .ffill {
                target.append(value)
            } else {
                let distance = Double(places[index + 1] - places[index])
                let fraction = Double(place - places[index]) / distance
                let next = unsafe values[index + 1]
                target.append(value + (next - value) * fraction)
            }
        }
    }
}
