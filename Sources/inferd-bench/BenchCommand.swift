import ArgumentParser
import Glibc

/// Measures the daemon against its baselines on this machine.
@main
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inferd-bench",
        abstract: "Measures the daemon against baselines taken in the same run.",
        discussion: "Runs the daemon and the plain C echo that lie beside this program. The machine should be idle.")

    @Flag(help: "Run everything for a moment only, to see that it works; the numbers mean nothing.")
    var smoke = false

    @Option(
        help: "Run only this group: \(Benchmark.allCases.map(\.rawValue).joined(separator: ", ")). May be repeated.")
    var only: [Benchmark] = []

    @Option(help: "Write the measurements as JSON to this file.")
    var output: String?

    @Option(help: "The repository that holds the demo bundle.")
    var models = "deploy/demo/models"

    @Option(help: "The directory of the daemon's and the echo's binaries; this program's own by default.")
    var binaries: String?

    @Option(help: "Seconds that each load runs.")
    var seconds = 2.0

    @Option(help: "How often each is repeated.")
    var repetitions = 7

    func validate() throws {
        guard seconds > 0, seconds <= 3600 else { throw ValidationError("--seconds is above 0, at most 3600") }
        guard repetitions >= 1 else { throw ValidationError("--repetitions is at least 1") }
    }

    func run() throws {
        RunningChildren.endWithThisProcess()
        let chosen = Benchmark.allCases.filter { only.isEmpty || only.contains($0) }
        let demo = DemoModel(repository: models)
        if chosen.contains(where: \.needsDemo) { try demo.requirePresence() }
        let scratch = try ScratchDirectory()
        let context = BenchContext(
            servers: Servers(binaries: try binaries ?? Self.ownDirectory(), scratch: scratch),
            placement: try Placement(), demo: demo,
            probeModels: try ProbeModel.writeRepository(in: scratch), seconds: smoke ? 0.1 : seconds,
            repetitions: smoke ? 1 : repetitions, isSmoke: smoke)
        var report = Report(setting: context.setting)
        for benchmark in chosen {
            report.measurements += try benchmark.run(in: context)
        }
        print(report.table)
        if let output { try WholeFile.write(Array(report.json.utf8), to: output) }
    }

    private static func ownDirectory() throws(BenchError) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        if count < 0 { throw BenchError("readlink", errno: errno) }
        let path = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }
}

extension Benchmark: ExpressibleByArgument {}
