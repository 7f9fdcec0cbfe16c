import Glibc

/// What the measurements ran on.
enum Machine {
    /// For example `2 cores of AMD EPYC 7763, Linux 6.1`.
    static let summary: String = {
        let information = (try? WholeFile.read("/proc/cpuinfo")) ?? ""
        let model = information.split(separator: "\n").first { $0.hasPrefix("model name") }
            .flatMap { $0.split(separator: ":").last }.map { String($0.drop { $0 == " " }) }
        let release = (try? WholeFile.read("/proc/sys/kernel/osrelease")) ?? ""
        let version = release.split(separator: ".").prefix(2).joined(separator: ".")
        return "\(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores of \(model ?? "an unknown processor"), Linux \(version)"
    }()
}
