import InferdBase

/// Every model of the repository, served or refused, by name and version.
///
/// Immutable: finding a model takes no lock. Names are compared as bytes by binary search; there are
/// at most `Limits.modelsServed`.
struct ModelTable: Sendable {
    enum State: Sendable, Equatable {
        /// Served from this place.
        case ready(place: Int)
        case failed(reason: String)
    }

    struct Entry: Sendable {
        let name: String
        let version: UInt64
        let state: State
        /// Requests without a version go here.
        fileprivate(set) var isDefault = false

        init(name: String, version: UInt64, state: State) {
            self.name = name
            self.version = version
            self.state = state
        }
    }

    /// One name's place in the tables below.
    private struct Group: Sendable {
        /// The name's bytes in `nameBytes`.
        let name: Range<Int>
        /// Its versions in `entries`, rising.
        let entries: Range<Int>
        /// The newest that is served, in `entries`; -1 without one.
        let newest: Int
    }

    /// Ordered by name, then version.
    private(set) var entries: [Entry]
    /// Places of the loads that are served.
    private(set) var places: [Int] = []
    private var groups: [Group] = []
    private var nameBytes: [UInt8] = []

    init(_ unordered: [Entry]) {
        entries = unordered.sorted { left, right in
            left.name == right.name
                ? left.version < right.version : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        var start = 0
        while start < entries.count {
            var end = start
            var newest = -1
            while end < entries.count, entries[end].name == entries[start].name {
                if case .ready(let place) = entries[end].state {
                    places.append(place)
                    newest = end
                }
                end += 1
            }
            if newest >= 0 {
                entries[newest].isDefault = true
            }
            let firstByte = nameBytes.count
            nameBytes += Array(entries[start].name.utf8)
            groups.append(Group(name: firstByte..<nameBytes.count, entries: start..<end, newest: newest))
            start = end
        }
    }

    /// The place that a model is served from.
    /// - Parameter version: 0 for the newest that is served.
    func find(name: RawSpan, version: UInt64) throws(RequestError) -> Int {
        guard let group = group(named: name) else {
            throw RequestError(.notFound, "no model of this name", field: "model")
        }
        if version == 0 {
            guard groups[group].newest >= 0, case .ready(let place) = entries[groups[group].newest].state else {
                throw RequestError(.unavailable, "no version of this model passed its checks", field: "model")
            }
            return place
        }
        for index in groups[group].entries where entries[index].version == version {
            guard case .ready(let place) = entries[index].state else {
                throw RequestError(
                    .unavailable, "version \(version) of this model did not pass its checks", field: "version")
            }
            return place
        }
        let known = groups[group].entries.prefix(8).map { "\(entries[$0].version)" }.joined(separator: ", ")
        throw RequestError(
            .notFound, "the model has no version \(version); it has \(known)", field: "version")
    }

    private func group(named name: RawSpan) -> Int? {
        var low = 0
        var high = groups.count
        while low < high {
            let middle = (low + high) / 2
            let order = compare(groups[middle].name, name)
            if order == 0 { return middle }
            if order < 0 {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return nil
    }

    /// Negative when the known name comes before `name`.
    private func compare(_ known: Range<Int>, _ name: RawSpan) -> Int {
        for offset in 0..<min(known.count, name.byteCount) {
            let left = nameBytes[known.lowerBound + offset]
            let right = unsafe name.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            if left != right { return left < right ? -1 : 1 }
        }
        return known.count - name.byteCount
    }
}
