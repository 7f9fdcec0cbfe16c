import Testing

@testable import InferdEngine

struct RuntimeMessageTests {
    @Test(arguments: [
        ("plain words stay", "plain words stay"),
        ("/opt/src/onnx/graph.cc:120 Resolve failed", "Resolve failed"),
        ("a.cc:12 b.h:3 c.cpp:4 Got 3\n\tExpected: 4", "Got 3 Expected: 4"),
        ("at 0x7f00aa here", "at here"), ("file:weights.bin/../x is missing", "is missing"),
        ("", "the runtime gave no reason"), ("/a/b /c/d", "the runtime gave no reason"),
        ("index=99 must be in [-3,2]", "index=99 must be in [-3,2]"), ("3 / 4", "3 / 4"),
    ])
    func placesAreLeftOut(text: String, shown: String) {
        #expect(RuntimeMessage.clean(text) == shown)
    }

    @Test func longTextsAreCut() {
        let shown = RuntimeMessage.clean(String(repeating: "word ", count: 1000))
        #expect(shown.count == 301 && shown.hasSuffix("…"))
    }
}
