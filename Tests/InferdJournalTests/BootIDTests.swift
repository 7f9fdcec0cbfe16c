import InferdJournal
import Testing

struct BootIDTests {
    @Test func showsLeadingZeros() {
        #expect(BootID(high: 0, low: 0xabc).hexadecimal == "00000000000000000000000000000abc")
    }

    @Test func twoStartsDiffer() {
        #expect(BootID.random() != BootID.random())
    }
}
