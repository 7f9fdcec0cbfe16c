/// Vector clocks of two actors: tells whether an access comes after those it must come after.
///
/// Asked at every access of every order of steps, so all of it lies in flat arrays.
struct AccessClocks {
    enum Access: Int, CaseIterable {
        case read, write, atomicRead, atomicWrite

        /// Whether the two, by different actors, are a race unless something orders them.
        func conflicts(with other: Access) -> Bool {
            switch (self, other) {
            case (.read, .read), (.read, .atomicRead), (.atomicRead, .read): false
            case (.atomicRead, .atomicRead), (.atomicRead, .atomicWrite): false
            case (.atomicWrite, .atomicRead), (.atomicWrite, .atomicWrite): false
            default: true
            }
        }
    }

    /// What each actor knows of each actor's time: at `actor * 2 + other`.
    private var times = [1, 0, 0, 1]
    /// By shared word, what its last release has passed on; two times each.
    private var released: [Int]
    /// By word, actor and kind of access, the actor's time at its last; 0 for none.
    private var accesses: [Int]

    /// - Parameters:
    ///   - words: of four bytes, that are accessed.
    ///   - sharedWords: that acquire and release.
    init(words: Int, sharedWords: Int) {
        released = Array(repeating: 0, count: sharedWords * 2)
        accesses = Array(repeating: 0, count: words * 2 * Access.allCases.count)
    }

    mutating func acquire(_ word: Int, by actor: Int) {
        for other in 0...1 {
            times[actor * 2 + other] = max(times[actor * 2 + other], released[word * 2 + other])
        }
    }

    mutating func release(_ word: Int, by actor: Int) {
        for other in 0...1 { released[word * 2 + other] = times[actor * 2 + other] }
        times[actor * 2 + actor] += 1
    }

    /// False when nothing orders this access and one of the other actor's that it conflicts with.
    mutating func record(_ access: Access, by actor: Int, word: Int) -> Bool {
        accesses[Self.index(access, actor, word)] = times[actor * 2 + actor]
        let other = 1 - actor
        let known = times[actor * 2 + other]
        for kind in 0..<4 where accesses[(word * 2 + other) * 4 + kind] > known {
            if let kind = Access(rawValue: kind), access.conflicts(with: kind) { return false }
        }
        return true
    }

    private static func index(_ access: Access, _ actor: Int, _ word: Int) -> Int {
        (word * 2 + actor) * 4 + access.rawValue
    }
}
