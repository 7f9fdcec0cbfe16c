/// A cache of numbers that gives up the first that came, or the one not used for longest: what the
/// result cache is measured against.
struct SimpleCache {
    private let capacity: Int
    private let movesOnUse: Bool
    private var time = 0
    private var numberAt: [Int: UInt64] = [:]
    private var timeOf: [UInt64: Int] = [:]
    private var oldest = 0

    /// - Parameter movesOnUse: an answer that is used becomes the youngest.
    init(capacity: Int, movesOnUse: Bool) {
        self.capacity = capacity
        self.movesOnUse = movesOnUse
    }

    /// Asks, and inserts what is missing; whether it was there.
    mutating func ask(_ number: UInt64) -> Bool {
        if let before = timeOf[number] {
            if movesOnUse {
                numberAt[before] = nil
                setDown(number)
            }
            return true
        }
        while timeOf.count >= capacity {
            if let victim = numberAt.removeValue(forKey: oldest) { timeOf[victim] = nil }
            oldest += 1
        }
        setDown(number)
        return false
    }

    private mutating func setDown(_ number: UInt64) {
        numberAt[time] = number
        timeOf[number] = time
        time += 1
    }
}
