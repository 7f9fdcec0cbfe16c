import Foundation
import InferdTestSupport

@testable import InferdEngine

/// The models of the folder `Models`, and the runtime that runs them.
enum TestModels {
    private static let shared = Result { try OnnxRuntimeEngine(libraryPath: OnnxRuntimeLocation.path) }

    static func engine() throws -> OnnxRuntimeEngine {
        try shared.get()
    }

    static func bytes(_ file: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Models")
        return Array(try Data(contentsOf: folder.appendingPathComponent(file)))
    }

    static func load(_ name: String) throws -> any LoadedModel {
        try load(bytes("\(name).onnx"))
    }

    static func load(_ bytes: [UInt8]) throws -> any LoadedModel {
        try unsafe engine().load(bytes.span.bytes)
    }

    static func runner(_ name: String) throws -> BoundRunner {
        try BoundRunner(load(name))
    }
}
