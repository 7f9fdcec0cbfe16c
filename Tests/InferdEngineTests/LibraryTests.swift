import Foundation
import InferdTestSupport
import Testing

@testable import InferdEngine

struct LibraryTests {
    private func refusal(_ path: String) -> String? {
        let error = #expect(throws: EngineError.self) { try OnnxRuntimeEngine(libraryPath: path) }
        #expect(error?.kind == .libraryUnusable)
        return error?.message
    }

    /// A library made of one line of C.
    private func library(_ code: String, in folder: TemporaryDirectory) throws -> String {
        let source = folder.appending("library.c")
        let library = folder.appending("library.so")
        try Data(code.utf8).write(to: URL(fileURLWithPath: source))
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = ["clang", "-shared", "-fPIC", "-o", library, source]
        try compiler.run()
        compiler.waitUntilExit()
        #expect(compiler.terminationStatus == 0)
        return library
    }

    @Test func theRuntimeSaysWhatItIs() throws {
        let engine = try TestModels.engine()
        #expect(engine.name == "onnxruntime")
        #expect(engine.version.split(separator: ".").count == 3 && engine.version.hasPrefix("1."))
    }

    @Test func aMissingLibraryIsSaidSo() throws {
        let folder = try TemporaryDirectory()
        #expect(refusal(folder.appending("libonnxruntime.so"))?.hasPrefix("cannot load ONNX Runtime: ") == true)
    }

    @Test func aFileThatIsNoLibraryIsSaidSo() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("libonnxruntime.so")
        try Data("no library".utf8).write(to: URL(fileURLWithPath: path))
        #expect(refusal(path)?.hasPrefix("cannot load ONNX Runtime: ") == true)
    }

    @Test func anotherLibraryIsSaidSo() throws {
        let folder = try TemporaryDirectory()
        let path = try library("int something_else(void) { return 1; }", in: folder)
        #expect(refusal(path) == "\(path) is a library, but not ONNX Runtime")
    }

    private func olderRuntime(in folder: TemporaryDirectory) throws -> String {
        try library(
            """
            static const void *api(unsigned version) { return version < 16 ? "an older table" : 0; }
            static const char *text(void) { return "1.15.0"; }
            static const struct { const void *(*api)(unsigned); const char *(*text)(void); } base = {api, text};
            const void *OrtGetApiBase(void) { return &base; }
            """, in: folder)
    }

    @Test func anOlderRuntimeIsSaidSoAndIsNotKept() throws {
        let folder = try TemporaryDirectory()
        let path = try olderRuntime(in: folder)
        #expect(refusal(path) == "\(path) is an ONNX Runtime older than 1.16")
        let maps = try #require(FileHandle(forReadingAtPath: "/proc/self/maps"))
        let loaded = String(decoding: try maps.readToEnd() ?? Data(), as: UTF8.self)
        #expect(!loaded.contains(path), "the library is still loaded")
    }

    @Test func anOlderRuntimeAmongThePlacesIsSaidSo() throws {
        let folder = try TemporaryDirectory()
        let path = try olderRuntime(in: folder)
        let missing = folder.appending("missing.so")
        let error = #expect(throws: EngineError.self) {
            try OnnxRuntimeLibrary(path: nil, places: [missing, path, missing])
        }
        #expect(error?.message == "\(path) is an ONNX Runtime older than 1.16")
    }
}
