import FoundationEssentials

/// CPU time that control groups grant the process (cgroup v2, `cpu.max`).
enum CPUQuota {
    /// Processors' worth of CPU time; nil without limit.
    ///
    /// Every group from the process's own up to the root may limit it. A process in a namespace of control
    /// groups sees its own group as the root; one without sees the whole path.
    /// - Parameters:
    ///   - root: where control groups are mounted.
    ///   - membership: the file that tells the process's groups.
    static func processors(root: String = "/sys/fs/cgroup", membership: String = "/proc/self/cgroup") -> Double? {
        var least = limit(at: root)
        var folder = root
        for name in path(membership) {
            folder += "/\(name)"
            guard let limit = limit(at: folder) else { continue }
            least = min(least ?? .infinity, limit)
        }
        return least
    }

    /// The process's group below the root. Of the lines `HIERARCHY:CONTROLLERS:PATH` that of v2 has neither
    /// number nor controllers.
    private static func path(_ membership: String) -> [Substring] {
        guard let data = FileManager.default.contents(atPath: membership) else { return [] }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("0::") }) else { return [] }
        let names = line.dropFirst(3).split(separator: "/")
        // A group above the namespace's root cannot be seen from inside.
        return names.contains("..") ? [] : names
    }

    private static func limit(at folder: String) -> Double? {
        guard let data = FileManager.default.contents(atPath: "\(folder)/cpu.max") else { return nil }
        return processors(cpuMax: String(decoding: data, as: UTF8.self))
    }

    /// Reads `QUOTA PERIOD` in microseconds; a quota of `max` is no limit.
    private static func processors(cpuMax text: String) -> Double? {
        let fields = text.split { $0 == " " || $0 == "\n" }
        guard fields.count == 2, let quota = Double(fields[0]), let period = Double(fields[1]), period > 0 else {
            return nil
        }
        return quota / period
    }
}
