import CLinux
import FoundationEssentials
import Glibc
import InferdBase

/// How many workers there are, and which processor each is bound to.
///
/// One for each processor the process may use. A cgroup that grants less CPU time than that makes
/// fewer, and then none is bound: the scheduler has to move them around the throttling.
struct WorkerPlacement {
    let count: Int
    private let processors: [Int32]

    init(_ wanted: ServerConfiguration.WorkerCount) throws(ServerError) {
        var usable = [Int32](repeating: 0, count: 1024)
        let found = unsafe usable.withUnsafeMutableBufferPointer { buffer in
            unsafe inferd_usable_processors(buffer.baseAddress, Int32(buffer.count))
        }
        if found <= 0 {
            throw ServerError.system("cannot tell which processors may be used", errno: -found)
        }
        usable.removeLast(usable.count - Int(found))
        let granted = Self.cgroupProcessors() ?? .infinity
        let isThrottled = granted < Double(usable.count)
        switch wanted {
        case .automatic:
            let limit = isThrottled ? max(1, Int(granted.rounded(.up))) : usable.count
            count = min(limit, ServerConfiguration.maximumWorkers)
        case .fixed(let number):
            count = number
        }
        processors = isThrottled || count > usable.count ? [] : usable
    }

    /// The processor a worker is bound to; nil: any.
    func processor(of worker: Int) -> Int32? {
        worker < processors.count ? processors[worker] : nil
    }

    /// Processors' worth of CPU time the control group grants (cgroup v2 `cpu.max`); nil without limit.
    private static func cgroupProcessors() -> Double? {
        guard let data = FileManager.default.contents(atPath: "/sys/fs/cgroup/cpu.max") else { return nil }
        return processors(cpuMax: String(decoding: data, as: UTF8.self))
    }

    /// Reads `QUOTA PERIOD` in microseconds; a quota of `max` is no limit.
    static func processors(cpuMax text: String) -> Double? {
        let fields = text.split { $0 == " " || $0 == "\n" }
        guard fields.count == 2, let quota = Double(fields[0]), let period = Double(fields[1]), period > 0 else {
            return nil
        }
        return quota / period
    }
}
