import InferdBase
import Synchronization
import Testing

struct FixedArrayTests {
    /// Counts itself; can neither be copied nor go unnoticed.
    private struct Counted: ~Copyable {
        let counter: Counter
        var value: Int

        init(_ counter: Counter, _ value: Int) {
            self.counter = counter
            self.value = value
            counter.living.add(1, ordering: .relaxed)
        }

        deinit { counter.living.subtract(1, ordering: .relaxed) }
    }

    private final class Counter: Sendable {
        let living = Atomic<Int>(0)
    }

    @Test func everyElementIsMadeOnceAndDestroyedOnce() {
        let counter = Counter()
        do {
            let array = FixedArray(count: 100) { Counted(counter, $0) }
            #expect(counter.living.load(ordering: .relaxed) == 100)
            #expect(array.count == 100)
            for index in 0..<100 { #expect(array[index].value == index) }
        }
        #expect(counter.living.load(ordering: .relaxed) == 0)
    }

    /// What is padded to pairs of cache lines lies on such pairs.
    @Test func arraysBeginAtAPairOfCacheLines() {
        for count in 1..<40 {
            let array = FixedArray<UInt8>(count: count) { UInt8($0) }
            #expect(unsafe UInt(bitPattern: array.address(of: 0)) % 128 == 0)
            #expect(array[count - 1] == UInt8(count - 1))
        }
    }

    @Test func elementsAreChangedInPlace() {
        let counter = Counter()
        var array = FixedArray(count: 3) { Counted(counter, $0) }
        let before = unsafe array.address(of: 1)
        array[1].value = 50
        let after = unsafe array.address(of: 1)
        #expect(unsafe before == after && after.pointee.value == 50)
        #expect(array[0].value == 0 && array[2].value == 2)
    }

    @Test func anEmptyArrayIsFine() {
        let array = FixedArray(count: 0) { $0 }
        #expect(array.count == 0)
    }

    @Test func anIndexOutsideTraps() async {
        await #expect(processExitsWith: .failure) {
            let array = FixedArray(count: 2) { $0 }
            _ = array[2]
        }
        await #expect(processExitsWith: .failure) {
            let array = FixedArray(count: 2) { $0 }
            _ = array[-1]
        }
    }
}
