import Foundation

/// The repository's own files, as text.
enum SourceTree {
    /// The directory that holds Package.swift.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// What tools put beside the sources.
    private static let foreignDirectories: Set<String> = [".git", ".setup", ".venv", "__pycache__", "node_modules"]

    struct File: Sendable {
        /// Relative to the root.
        let path: String

        var name: String { String(path.split(separator: "/").last ?? "") }
        var components: [Substring] { path.split(separator: "/") }

        /// The content, or nil when it is not text.
        var text: String? {
            guard let data = try? Data(contentsOf: root.appending(path: path)), !data.prefix(8192).contains(0) else {
                return nil
            }
            return String(data: data, encoding: .utf8)
        }

        var lines: [Substring] {
            (text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        }

        func has(extension names: String...) -> Bool {
            names.contains { name.hasSuffix("." + $0) }
        }
    }

    /// All files but those that tools made, sorted by path.
    static let files: [File] = {
        var found: [File] = []
        collect(in: "", into: &found)
        return found.sorted { $0.path < $1.path }
    }()

    /// Files below `directory`, which is relative to the root.
    static func files(under directory: String) -> [File] {
        files.filter { $0.path.hasPrefix(directory + "/") }
    }

    /// Names of the directories right below `directory`.
    static func directories(in directory: String) -> [String] {
        let depth = directory.split(separator: "/").count
        return Set(
            files(under: directory).compactMap { file in
                file.components.count > depth + 1 ? String(file.components[depth]) : nil
            }
        ).sorted()
    }

    private static func collect(in directory: String, into found: inout [File]) {
        let keys: Set<URLResourceKey> = [.isDirectoryKey, .isSymbolicLinkKey]
        let entries =
            (try? FileManager.default.contentsOfDirectory(
                at: root.appending(path: directory), includingPropertiesForKeys: Array(keys))) ?? []
        for entry in entries {
            let name = entry.lastPathComponent
            let path = directory.isEmpty ? name : directory + "/" + name
            let values = try? entry.resourceValues(forKeys: keys)
            if values?.isSymbolicLink == true { continue }
            if values?.isDirectory == true {
                if foreignDirectories.contains(name) || name.hasPrefix(".build") || name.hasSuffix("_cache") {
                    continue
                }
                collect(in: path, into: &found)
            } else if name != ".git" {
                found.append(File(path: path))
            }
        }
    }
}
