/// One row of the result. Names are stable: later runs are compared by them.
struct Measurement {
    enum Direction {
        case atLeast, atMost
    }

    let name: String
    let value: Double
    let unit: String
    /// What the value is compared with, in the unit that `conditions` tells; nil where nothing is.
    let baseline: Double?
    let aim: Double
    let direction: Direction
    let conditions: String

    var met: Bool {
        switch direction {
        case .atLeast: value >= aim
        case .atMost: value <= aim
        }
    }
}
