import InferdBase
import Testing

struct LimitsTests {
    @Test func relationsHold() {
        Limits.checkRelations()
    }
}

struct MonotonicTimeTests {
    private func time(_ nanoseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: nanoseconds)
    }

    @Test func advancingSaturates() {
        #expect(time(5).advanced(byNanoseconds: 3) == time(8))
        #expect(time(5).advanced(byMilliseconds: 3) == time(3_000_005))
        #expect(time(5).advanced(byNanoseconds: .max) == .distantFuture)
        #expect(time(0).advanced(byMilliseconds: .max) == .distantFuture)
        #expect(time(0).advanced(byMilliseconds: .max / 1_000_000 + 1) == .distantFuture)
        #expect(MonotonicTime.distantFuture.advanced(byNanoseconds: 1) == .distantFuture)
    }

    @Test func timeBeforeCountsAsNone() {
        #expect(time(1_500).nanoseconds(since: time(500)) == 1_000)
        #expect(time(1_500).microseconds(since: time(500)) == 1)
        #expect(time(500).nanoseconds(since: time(1_500)) == 0)
        #expect(time(500).microseconds(since: time(1_500)) == 0)
        #expect(time(500) < time(501) && !(time(500) < time(500)))
    }

    @Test func theClockNeverGoesBack() {
        var last = MonotonicTime.now()
        #expect(last.nanoseconds > 0)
        for _ in 0..<1_000 {
            let next = MonotonicTime.now()
            #expect(next >= last)
            last = next
        }
    }
}

struct StatusCodeTests {
    @Test func numbersAndNamesAreThoseOfGRPC() {
        let expected: [UInt32: String] = [
            0: "OK", 1: "CANCELLED", 3: "INVALID_ARGUMENT", 4: "DEADLINE_EXCEEDED", 5: "NOT_FOUND",
            8: "RESOURCE_EXHAUSTED", 9: "FAILED_PRECONDITION", 13: "INTERNAL", 14: "UNAVAILABLE",
            16: "UNAUTHENTICATED",
        ]
        #expect(StatusCode.allCases.count == expected.count)
        for code in StatusCode.allCases { #expect(code.name == expected[code.rawValue]) }
    }

    @Test func anErrorNamesItsFieldWhereThereIsOne() {
        #expect(RequestError.invalid("id", "is 0").description == "INVALID_ARGUMENT: id: is 0")
        #expect(RequestError(.notFound, "no such model").description == "NOT_FOUND: no such model")
    }
}

struct ElementTypeTests {
    @Test func sizesAreThoseOfTheNames() {
        let expected: [ElementType: (Int, String)] = [
            .float32: (4, "float32"), .float64: (8, "float64"), .int32: (4, "int32"), .int64: (8, "int64"),
            .bool: (1, "bool"), .string: (0, "string"),
        ]
        for type in ElementType.allCases {
            #expect(type.byteCount == expected[type]?.0)
            #expect(type.name == expected[type]?.1)
        }
    }
}
