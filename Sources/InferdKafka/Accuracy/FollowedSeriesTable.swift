/// Series by name, of which the one that was used least recently makes way for a new one.
struct FollowedSeriesTable {
    private struct Slot {
        var series: FollowedSeries
        /// Used after this one; -1: none.
        var newer: Int
        /// Used before this one; -1: none.
        var older: Int
    }

    private let capacity: Int
    private var places: [SeriesName: Int] = [:]
    private var slots: [Slot] = []
    private var newest = -1
    private var oldest = -1

    init(capacity: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
    }

    var count: Int { slots.count }

    /// Lends the series of this name, which is now the one used last.
    mutating func use(_ name: SeriesName, _ body: (inout FollowedSeries) -> Void) {
        body(&slots[place(of: name)].series)
    }

    private mutating func place(of name: SeriesName) -> Int {
        if let place = places[name] {
            if place != newest {
                unlink(place)
                link(place)
            }
            return place
        }
        let place: Int
        if slots.count < capacity {
            place = slots.count
            slots.append(Slot(series: FollowedSeries(name: name), newer: -1, older: -1))
        } else {
            place = oldest
            unlink(place)
            places[slots[place].series.name] = nil
            slots[place].series = FollowedSeries(name: name)
        }
        places[name] = place
        link(place)
        return place
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (slots[place].newer, slots[place].older)
        if newer >= 0 { slots[newer].older = older } else { newest = older }
        if older >= 0 { slots[older].newer = newer } else { oldest = newer }
    }

    private mutating func link(_ place: Int) {
        slots[place].newer = -1
        slots[place].older = newest
        if newest >= 0 { slots[newest].newer = place } else { oldest = place }
        newest = place
    }

    /// Shows each series.
    func forEach(_ body: (FollowedSeries) -> Void) {
        for slot in slots { body(slot.series) }
    }

    func checkInvariants() {
        precondition(slots.count <= capacity && places.count == slots.count)
        var seen = 0
        var newer = -1
        var place = newest
        while place >= 0 {
            precondition(slots[place].newer == newer && places[slots[place].series.name] == place)
            (newer, place) = (place, slots[place].older)
            seen += 1
        }
        precondition(newer == oldest && seen == slots.count)
    }
}
