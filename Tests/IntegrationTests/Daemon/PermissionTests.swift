import Foundation
import InferdTestSupport
import InferdWire
import Testing

/// What the daemon may not read. Root may read everything, so these run as somebody else.
struct PermissionTests {
    private static let launcher = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

    /// The launcher with its full path, when it works and the daemon and its libraries can be run by it.
    private static let unprivileged: [String]? = {
        guard getuid() == 0 else { return nil }
        let daemon = DaemonProcess.productDirectory.appendingPathComponent("inferd").path
        for folder in ["/usr/bin", "/bin"] {
            let command = ["\(folder)/\(launcher[0])"] + launcher.dropFirst()
            guard FileManager.default.isExecutableFile(atPath: command[0]) else { continue }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: command[0])
            process.arguments =
                Array(command.dropFirst()) + [
                    "/bin/sh", "-c", "\"$1\" --version && test -r \"$2\"", "sh", daemon, OnnxRuntimeLocation.path,
                ]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { continue }
            process.waitUntilExit()
            if process.terminationStatus == 0 { return command }
        }
        return nil
    }()

    @Test(
        .enabled(
            if: unprivileged != nil,
            "needs root, setpriv, and a build that others may read, to run the daemon as uid 65534"))
    func whatCannotBeReadIsNamedAndTheRestServes() throws {
        let models = try ModelFolder()
        try models.open()
        try models.addPlain("linear")
        let file = try models.addBundle("auto", as: "closed-file")
        let folder = try models.addBundle("auto", as: "closed-folder")
        let model = try models.addBundle("auto", as: "closed-model").deletingLastPathComponent()
        for path in [file.appendingPathComponent("model.onnx"), folder, model] {
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path.path)
        }
        let directory = try TemporaryDirectory()
        try FileManager.default.setAttributes([.ownerAccountID: 65534], ofItemAtPath: directory.path)
        let daemon = try DaemonProcess(
            directory: directory, flags: ["--models", models.path, "--listen", "unix:\(directory.appending("s"))"],
            launcher: Self.unprivileged ?? [])
        daemon.belongings = [models]
        try daemon.waitUntilReady()
        let owner = try FileManager.default.attributesOfItem(atPath: daemon.socketPath)[.ownerAccountID] as? Int
        #expect(owner == 65534, "the daemon still runs as root")
        for name in ["closed-file", "closed-folder", "closed-model"] {
            let line = daemon.logLines.first { $0.contains("\"model\":\"\(name)\"") } ?? "not named"
            #expect(line.contains("model refused") && line.contains("ermission denied"), "\(name): \(line)")
        }
        #expect(daemon.logLines.contains { $0.contains("closed-file") && $0.contains("\"file\":\"model.onnx\"") })
        let client = try TestClient(path: daemon.socketPath)
        try client.send(model: "linear") { $0.writeInfer([TensorValues([1, 2, 3, 4])], outputs: []) }
        #expect(try client.receive().error == nil)
    }
}
