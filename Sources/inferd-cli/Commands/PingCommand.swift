import ArgumentParser
import InferdClient

/// Measures round trips.
struct PingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping", abstract: "Checks that the daemon answers, and how fast.")

    @OptionGroup var global: GlobalOptions

    @Option(help: "Round trips to make.")
    var count: Int = 1

    mutating func run() throws {
        guard (1...1_000_000).contains(count) else {
            throw CommandFailure(.usage, "--count must be from 1 to 1000000")
        }
        let session = try global.session()
        let server = try session.ask { () throws(ClientError) in
            try session.client.hello(Introduction(clientName: "inferd-cli"), options: session.options)
        }
        let clock = ContinuousClock()
        var times: [Duration] = []
        for number in 0..<count {
            let payload = Array("ping \(number)".utf8)
            let start = clock.now
            let echo = try session.ask { () throws(ClientError) in
                try session.client.ping(payload, options: session.options)
            }
            times.append(clock.now - start)
            guard echo == payload else {
                throw CommandFailure(.protocol, "\(session.address) does not echo what it was sent")
            }
        }
        times.sort()
        var line = "inferd \(server.serverVersion) at \(session.address) answered in \(Durations.text(times[0]))"
        if count > 1 {
            line += " at best, \(Durations.text(times[count / 2])) in the middle, "
            line += "\(Durations.text(times[count - 1])) at worst of \(count)"
        }
        try Files.print(line + "\n")
    }
}
