import Foundation
import InferdTestSupport
import InferdWire

/// A repository of copies of golden bundles under one model's name, that change while a daemon serves them.
final class SwapRepository: Sendable {
    static let model = "swapped"

    private let folder: ModelFolder
    var path: String { folder.path }

    init() throws {
        folder = try ModelFolder()
    }

    /// A version's folder.
    func version(_ number: Int) -> URL {
        folder.version(Self.model, "\(number)")
    }

    /// Writes a configuration beside the models; the file's path.
    func configure(_ yaml: String) throws -> String {
        let file = URL(fileURLWithPath: path).appendingPathComponent("inferd.yaml")
        try Data(yaml.utf8).write(to: file)
        return file.path
    }

    private static func source(_ bundle: String) -> URL {
        DaemonProcess.sourceRoot.appendingPathComponent("Tests/Golden/models/\(bundle)/1")
    }

    /// Adds a version as a careful owner does: copied beside the others under a name that is no version's, then
    /// renamed.
    func add(_ bundle: String, version number: Int) throws {
        let target = version(number)
        let model = target.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
        let copy = model.appendingPathComponent(".\(number)")
        try FileManager.default.copyItem(at: Self.source(bundle), to: copy)
        try FileManager.default.moveItem(at: copy, to: target)
    }

    /// Begins a copy: some of a bundle's files, each whole but for `shortened`.
    func begin(_ bundle: String, version number: Int, files: [String], shortened: String? = nil) throws {
        try FileManager.default.createDirectory(at: version(number), withIntermediateDirectories: true)
        for file in files {
            var bytes = try Data(contentsOf: Self.source(bundle).appendingPathComponent(file))
            if file == shortened { bytes = bytes.prefix(bytes.count / 2) }
            try bytes.write(to: version(number).appendingPathComponent(file))
        }
    }

    /// Replaces a version's files one by one, the MANIFEST last, each by renaming.
    func replace(_ number: Int, by bundle: String) throws {
        for file in ["model.onnx", "model.yaml", "golden.json", "MANIFEST"] {
            let bytes = try Data(contentsOf: Self.source(bundle).appendingPathComponent(file))
            try bytes.write(to: version(number).appendingPathComponent(file), options: .atomic)
        }
    }

    func remove(_ number: Int) throws {
        // Out of sight as a whole before its files go.
        let gone = version(number).deletingLastPathComponent().appendingPathComponent(".gone-\(number)")
        try FileManager.default.moveItem(at: version(number), to: gone)
        try FileManager.default.removeItem(at: gone)
    }

    func removeModel() throws {
        try FileManager.default.removeItem(at: version(1).deletingLastPathComponent())
    }
}

extension TestClient {
    /// Asks the swapped model for a forecast that differs by bundle.
    /// - Parameter seed: another history for each.
    @discardableResult
    func askSwapped(
        version: UInt64 = 0, seed: Int = 0, horizon: UInt32 = 6, timeout: UInt32 = 60_000, bypass: Bool = false
    ) throws -> UInt64 {
        var values = PredictValues()
        values.regular = PredictValues.RegularTime(start: 472_222 * 3_600_000_000, step: "1h")
        values.channels = [
            PredictValues.Channel(name: "load", values: (0..<24).map { Double(40 + ($0 * 7 + seed * 5) % 23) })
        ]
        values.horizon = horizon
        return try send(model: SwapRepository.model, version: version, timeout: timeout, bypass: bypass) {
            $0.writePredict(values)
        }
    }

    /// The next reply's forecast.
    func receiveForecast() throws -> ForecastValues {
        let reply = try receive()
        guard case .predict(let forecast) = reply.body else {
            throw FrameSocket.Failure(description: "no forecast: \(reply)")
        }
        return forecast
    }

    /// Versions of the swapped model, or an empty list without it.
    func swappedVersions() throws -> [ModelValues] {
        try send(model: SwapRepository.model) { $0.writeModels() }
        guard case .models(let models) = try receive().body else { return [] }
        return models
    }

    /// Waits until the swapped model's versions are as wanted; false after 20 s.
    func waitForSwapped(_ isReached: ([ModelValues]) -> Bool) throws -> Bool {
        let end = Date(timeIntervalSinceNow: 20)
        while Date.now < end {
            if isReached(try swappedVersions()) { return true }
        }
        return false
    }
}
