import Foundation
import InferdBase
import InferdTestSupport

@testable import InferdModels

/// A repository in a temporary folder, with what a test puts there.
struct RepositoryFolder {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    var path: String { directory.path }

    /// Writes a file, and the folders on the way to it.
    func write(_ path: String, _ bytes: [UInt8]) throws {
        let url = URL(fileURLWithPath: directory.appending(path))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    func write(_ path: String, _ text: String) throws {
        try write(path, Array(text.utf8))
    }

    func write(_ bundle: TestBundle, at path: String = "m/1") throws {
        for (name, bytes) in bundle.files {
            try write("\(path)/\(name)", bytes)
        }
        try write("\(path)/MANIFEST", bundle.manifest)
    }

    func remove(_ path: String) throws {
        try FileManager.default.removeItem(atPath: directory.appending(path))
    }

    func link(_ path: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: directory.appending(path), withDestinationPath: target)
    }

    func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: directory.appending(path), withIntermediateDirectories: true)
    }

    func setMode(_ mode: Int, of path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: directory.appending(path))
    }

    func open() throws -> ModelRepository {
        try ModelRepository(path: path)
    }

    /// Opens version 1 of the model `m`.
    func openBundle(_ kind: ModelRepository.Entry.Kind = .bundle) throws -> InferdModels.Bundle {
        try open().open(ModelRepository.Entry(model: "m", version: 1, kind: kind))
    }
}

/// The files of a right bundle, to be made wrong by tests.
struct TestBundle {
    static let description = """
        format: 1
        task: forecast
        description: Load of a town
        step: 1h
        time_zone: America/New_York
        time_tolerance: 5s
        window: 12
        horizon: {default: 6, maximum: 30}
        season: 24
        gap_policy: ffill
        unit: MW
        features:
        - channel: load
          scaler: {kind: standard, mean: 50.0, std: 12.0}
        - channel: wind
          known: future
          scaler: {kind: minmax, fit: per_window}
        - {calendar: hour, encoding: sin}
        quantiles: [0.1, 0.5, 0.9]
        decode: {mode: autoregressive, chunk: 2}
        tensors: {window: window, output: forecast}
        max_batch: 8
        ttl: 5s
        training: {rows: [1, {from: 2013}]}
        scores: {mae: 1.5}

        """

    static let golden = """
        {"format": 1, "cases": [
          {"kind": "tensors", "name": "first", "tolerance": 1e-5,
           "inputs": [{"name": "x", "type": "float32", "shape": [1, 2], "data": [1, 2]}],
           "outputs": [{"name": "y", "type": "float32", "shape": [1, 1], "data": [3]}]},
          {"kind": "predict", "name": "second", "tolerance": 1e-4,
           "request": {"regular": {"start_us": 0}, "channels": {"load": [1, 2]}, "actuals": [1, null]},
           "expect": {"values": [1.5]}}
        ]}
        """

    var files: [String: [UInt8]] = [
        "model.onnx": Array("not looked into here".utf8), "model.yaml": Array(description.utf8),
        "golden.json": Array(golden.utf8),
    ]

    /// As `sha256sum` writes it.
    var manifest: String {
        files.keys.sorted().map { "\(Self.digest(files[$0] ?? []))  \($0)\n" }.joined()
    }

    static func digest(_ bytes: [UInt8]) -> String {
        unsafe SHA256Digest(of: bytes.span.bytes).hexadecimal
    }
}
