import Foundation
import InferdTestSupport
import Testing

@testable import InferdServer

/// The CPU time that control groups grant, as workers are counted by it.
struct CPUQuotaTests {
    /// A tree of control groups with `cpu.max` files, and a process in one of them.
    private func quota(of group: String, _ limits: [String: String]) throws -> Double? {
        let root = try TemporaryDirectory()
        for (folder, limit) in limits {
            let path = root.appending(folder)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Data("\(limit)\n".utf8).write(to: URL(fileURLWithPath: "\(path)/cpu.max"))
        }
        let membership = root.appending("membership")
        try Data("12:cpu,cpuacct:/elsewhere\n0::\(group)\n".utf8).write(to: URL(fileURLWithPath: membership))
        return CPUQuota.processors(root: root.path, membership: membership)
    }

    @Test func ownGroupLimits() throws {
        let limits = ["system.slice/inferd.service": "150000 100000"]
        #expect(try quota(of: "/system.slice/inferd.service", limits) == 1.5)
    }

    @Test func leastOfAllGroupsAboveLimits() throws {
        let limits = ["": "800000 100000", "a": "200000 100000", "a/b": "400000 100000", "a/b/c": "max 100000"]
        #expect(try quota(of: "/a/b/c", limits) == 2)
        #expect(try quota(of: "/", limits) == 8)
        // Other groups do not.
        #expect(try quota(of: "/d", limits.merging(["d": "max 100000"]) { $1 }) == 8)
    }

    @Test func withoutALimitThereIsNone() throws {
        #expect(try quota(of: "/a", ["a": "max 100000"]) == nil)
        #expect(try quota(of: "/a", [:]) == nil)
        #expect(try quota(of: "/../x", ["a": "100000 100000"]) == nil)
        #expect(CPUQuota.processors(root: "/nowhere", membership: "/nowhere/either") == nil)
    }
}
