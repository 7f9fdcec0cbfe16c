import InferdTestSupport

/// Runs two bodies in every order in which their steps can come.
///
/// A body stops before each of its steps. An order is a list of choices, of who goes on; each run takes the
/// next list in depth-first order, and every run begins anew.
struct Interleavings {
    private let fibers = [Fiber(), Fiber()]
    private(set) var runs = 0

    /// - Parameters:
    ///   - limit: more runs than the test means to make.
    ///   - scene: begins a run: what is shared, and says who goes on through `turn`.
    mutating func explore<Scene>(
        limit: Int, _ scene: () -> Scene, producer: @escaping (Scene, @escaping () -> Void) -> Void,
        consumer: @escaping (Scene, @escaping () -> Void) -> Void, turn: (Scene, Int) -> Void,
        check: (Scene, [Int]) throws -> Void
    ) throws {
        var choices: [Int] = []
        repeat {
            try require(runs < limit, "more than \(limit) orders")
            runs += 1
            let scene = scene()
            let bodies = [producer, consumer]
            for actor in 0...1 {
                let fiber = fibers[actor]
                let body = bodies[actor]
                fiber.start { body(scene) { fiber.suspend() } }
            }
            var isAlive = [true, true]
            // By step, whether there was another choice.
            var open: [Bool] = []
            while isAlive[0] || isAlive[1] {
                let step = open.count
                if step == choices.count { choices.append(isAlive[0] ? 0 : 1) }
                let actor = choices[step]
                open.append(actor == 0 && isAlive[1])
                turn(scene, actor)
                isAlive[actor] = fibers[actor].resume()
            }
            try check(scene, choices)
            // The last step at which the other may go on instead.
            while let last = open.popLast(), !last { choices.removeLast() }
            if !choices.isEmpty { choices[choices.count - 1] = 1 }
        } while !choices.isEmpty
    }
}
