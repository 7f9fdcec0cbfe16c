import InferdTestSupport
import Testing

struct QueueStressTests {
    @Test(arguments: [(1, 2), (2, 2), (3, 1)])
    func nothingIsLostAndNothingTakenTwice(adders: Int, takers: Int) {
        let generator = SeededGenerator(for: "nothingIsLostAndNothingTakenTwice")
        let stress = QueueStress(adders: adders, requests: 6_000 / adders)
        stress.run(takers: takers, seed: generator.seed)
        #expect(stress.faults == [])
    }
}
