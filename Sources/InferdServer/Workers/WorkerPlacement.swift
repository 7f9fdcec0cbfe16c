import CLinux
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
        let granted = CPUQuota.processors() ?? .infinity
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
}
