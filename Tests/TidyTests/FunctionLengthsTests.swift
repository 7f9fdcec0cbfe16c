import Testing

struct FunctionLengthsTests {
    private func lengths(_ text: String, isSwift: Bool = true) -> [Int] {
        FunctionLengths.functions(in: text.split(separator: "\n", omittingEmptySubsequences: false), isSwift: isSwift)
            .map(\.lines)
    }

    @Test("A function reaches to the brace under its first letter")
    func nestedBracesDoNotEndAFunction() {
        let text = """
            struct Thing {
                package mutating func act(
                    on other: Int
                ) throws {
                    if other > 0 {
                        print("}")
                    }
                }

                init() {
                    value = 0
                }
            }
            """
        #expect(lengths(text) == [7, 3])
    }

    @Test("Bodies on one line and requirements of protocols are no functions to measure")
    func shortFormsAreLeftOut() {
        let text = """
            protocol Thing {
                func act()
                func rest(for time: Int) throws -> Int
            }
            func one() -> Int { 1 }
            """
        #expect(lengths(text).isEmpty)
    }

    @Test("C functions begin at the margin")
    func functionsInC() {
        let text = """
            struct thing {
                int value;
            };

            static int act(struct thing *thing) {
                return thing->value;
            }
            """
        #expect(lengths(text, isSwift: false) == [3])
    }
}
