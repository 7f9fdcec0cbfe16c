/// Vector clocks of two actors: tells whether an access comes after those it must come after.
struct AccessClocks {
    enum Access {
        case read, write, atomicRead, atomicWrite

        /// Accesses by the other side that must come before, in some order, or there is a race.
        var conflicts: [Access] {
            switch self {
            case .read: [.write, .atomicWrite]
            case .write: [.read, .write, .atomicRead, .atomicWrite]
            case .atomicRead: [.write]
            case .atomicWrite: [.read, .write]
            }
        }
    }

    enum Word: Hashable {
        case tail, head
        case state(Int)
    }

    private struct Key: Hashable {
        let access: Access
        let actor: Int
        let word: Int
    }

    /// What each actor knows of each actor's time.
    private var times: [[Int]] = [[1, 0], [0, 1]]
    /// What the last release of a shared word has passed on.
    private var released: [Word: [Int]] = [:]
    private var accesses: [Key: Int] = [:]

    mutating func acquire(_ word: Word, by actor: Int) {
        guard let known = released[word] else { return }
        for index in 0...1 { times[actor][index] = max(times[actor][index], known[index]) }
    }

    mutating func release(_ word: Word, by actor: Int) {
        released[word] = times[actor]
        times[actor][actor] += 1
    }

    /// False when nothing orders this access and one of the other actor's that it conflicts with.
    mutating func record(_ access: Access, by actor: Int, word: Int) -> Bool {
        accesses[Key(access: access, actor: actor, word: word)] = times[actor][actor]
        let other = 1 - actor
        return access.conflicts.allSatisfy { conflict in
            accesses[Key(access: conflict, actor: other, word: word), default: 0] <= times[actor][other]
        }
    }
}
