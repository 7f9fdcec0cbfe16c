import InferdBase
import Testing

struct EndpointTests {
    @Test func addressesAreReadAndWritten() throws {
        let cases: [(String, Endpoint)] = [
            ("unix:/run/inferd.sock", .unix(path: "/run/inferd.sock")),
            ("unix:relative", .unix(path: "relative")),
            ("unix:a:b", .unix(path: "a:b")),
            ("unix:tcp:x:1", .unix(path: "tcp:x:1")),
            ("tcp:localhost:8900", .tcp(host: "localhost", port: 8900)),
            ("tcp:127.0.0.1:0", .tcp(host: "127.0.0.1", port: 0)),
            ("tcp:[::1]:65535", .tcp(host: "::1", port: 65535)),
        ]
        for (text, endpoint) in cases {
            #expect(try Endpoint(parsing: text) == endpoint)
            #expect(endpoint.description == text)
        }
        // Zeros before a port mean nothing.
        #expect(try Endpoint(parsing: "tcp:h:00080") == .tcp(host: "h", port: 80))
    }

    @Test func otherTextIsRefusedWithTheReason() {
        let cases: [(String, String)] = [
            ("", "expected unix:PATH or tcp:HOST:PORT"),
            ("/run/inferd.sock", "expected unix:PATH"),
            ("UNIX:/x", "no address"),
            ("http://host:80", "no address"),
            ("unix:", "names no path"),
            ("unix:a\0b", "zero byte"),
            ("tcp:", "names no port"),
            ("tcp:host", "names no port"),
            ("tcp::80", "names no host"),
            ("tcp:[]:80", "names no host"),
            ("tcp:a\0b:80", "names no host"),
            ("tcp:::1:80", "brackets"),
            ("tcp:host:", "port"),
            ("tcp:host:65536", "port"),
            ("tcp:host:99999999999999999999", "port"),
            ("tcp:host:+80", "port"),
            ("tcp:host:-1", "port"),
            ("tcp:host: 80", "port"),
            ("tcp:host:8٠", "port"),
            ("tcp:[::1]", "brackets"),
        ]
        for (text, reason) in cases {
            let error = #expect(throws: EndpointError.self, "\(text)") { try Endpoint(parsing: text) }
            #expect(error?.message.contains(reason) == true, "\(text): \(error?.message ?? "")")
        }
    }

    @Test func aPathIsAsLongAsASocketTakes() throws {
        let longest = String(repeating: "p", count: Endpoint.pathBytes)
        #expect(try Endpoint(parsing: "unix:" + longest) == .unix(path: longest))
        // Bytes count, not letters.
        for path in [longest + "p", String(repeating: "é", count: 54)] {
            let error = #expect(throws: EndpointError.self) { try Endpoint(parsing: "unix:" + path) }
            #expect(error?.message.contains("108 bytes") == true)
        }
    }
}
