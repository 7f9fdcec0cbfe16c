import InferdClient
import Testing

struct ServerAddressTests {
    @Test(arguments: ["unix:/run/inferd.sock", "unix:s", "tcp:localhost:7070", "tcp:[::1]:7070", "tcp:127.0.0.1:1"])
    func addressesReadAsTheyAreWritten(text: String) throws {
        #expect(try ServerAddress(parsing: text).description == text)
    }

    @Test(arguments: [
        "", "unix:", "/run/x", "tcp:", "tcp:host", "tcp:host:", "tcp::1", "tcp:host:0", "tcp:host:65536", "tcp:host:+1",
        "tcp:::1:7070", "http:host:1",
    ])
    func otherTextIsNoAddress(text: String) {
        #expect(throws: AddressError.self) { try ServerAddress(parsing: text) }
    }

    @Test func pathsThatNoSocketTakesAreRefused() {
        let long = "unix:/" + String(repeating: "x", count: 107)
        #expect(throws: AddressError.self) { try ServerAddress(parsing: long) }
    }
}
