package import InferdBase

/// A folder `<model>/<version>/` of bundles and plain models. Everything is opened beneath it, without
/// following links.
package final class ModelRepository: Sendable {
    /// A version's folder.
    package struct Entry: Equatable, Sendable {
        package enum Kind: Equatable, Sendable {
            /// Has a MANIFEST.
            case bundle
            /// Only a `model.onnx`, served for `infer`.
            case plain
            /// Cannot be used, and why.
            case unusable(reason: String)
        }

        package let model: String
        package let version: UInt64
        package let kind: Kind
        /// Of the file that says what the version is: its MANIFEST, or a plain model itself.
        package var stamp: FileStamp?
    }

    private let root: DirectoryHandle

    package init(path: String) throws(BundleError) {
        do throws(FileError) {
            root = try DirectoryHandle(path: path)
        } catch {
            throw BundleError("the model repository cannot be opened: \(error.message)")
        }
    }

    /// Every version there is, by model, then version; folders that are no versions are named with a
    /// reason and version 0.
    package func scan() throws(BundleError) -> [Entry] {
        var result: [Entry] = []
        for entry in try entries(root, "the model repository") {
            if entry.name.hasPrefix(".") { continue }
            // Files may lie beside the models. A link is a model that its owner expects to be served.
            guard entry.kind == .directory || entry.kind == .symbolicLink else { continue }
            guard Self.isModelName(entry.name) else {
                result.append(
                    Entry(
                        model: entry.name, version: 0,
                        kind: .unusable(
                            reason: "a model's name has 1 to \(Limits.modelNameBytes) letters, digits, _ and -")))
                continue
            }
            result += scan(model: entry.name)
        }
        return result.sorted { $0.model == $1.model ? $0.version < $1.version : $0.model < $1.model }
    }

    private func scan(model: String) -> [Entry] {
        var result: [Entry] = []
        do throws(BundleError) {
            let folder = try open(root, model, BundleError(model: model, "the model's folder cannot be opened"))
            for entry in try entries(folder, "the model's folder") {
                if entry.name.hasPrefix(".") { continue }
                guard let version = Self.version(entry.name) else {
                    result.append(
                        Entry(
                            model: model, version: 0,
                            kind: .unusable(
                                reason: "'\(entry.name)' is no version: expected a whole number from 1 up")))
                    continue
                }
                let (kind, stamp) = look(folder, entry)
                result.append(Entry(model: model, version: version, kind: kind, stamp: stamp))
            }
        } catch {
            result.append(Entry(model: model, version: 0, kind: .unusable(reason: error.description)))
        }
        return result
    }

    private func look(_ folder: DirectoryHandle, _ entry: DirectoryEntry) -> (Entry.Kind, FileStamp?) {
        do throws(BundleError) {
            let version = try open(folder, entry.name, BundleError("the version's folder cannot be opened"))
            let names = try entries(version, "the version's folder").map(\.name)
            if names.contains(Bundle.manifestName) { return (.bundle, version.stamp(of: Bundle.manifestName)) }
            if names.contains(Bundle.descriptionName) || names.contains(Bundle.goldenName) {
                return (.unusable(reason: "no \(Bundle.manifestName): the bundle is not complete"), nil)
            }
            if names.contains(Bundle.modelName) { return (.plain, version.stamp(of: Bundle.modelName)) }
            return (.unusable(reason: "no \(Bundle.modelName)"), nil)
        } catch {
            return (.unusable(reason: error.description), nil)
        }
    }

    /// What tells whether any file that a version is read from has changed.
    package func stamps(_ entry: Entry) -> [FileStamp?] {
        let names = [Bundle.manifestName, Bundle.modelName, Bundle.descriptionName, Bundle.goldenName]
        guard let model = try? root.directory(entry.model), let folder = try? model.directory("\(entry.version)")
        else { return [] }
        return names.map { folder.stamp(of: $0) }
    }

    /// Reads and verifies one version.
    package func open(_ entry: Entry) throws(BundleError) -> Bundle {
        let failure = BundleError(model: entry.model, version: entry.version, "its folder cannot be opened")
        let model = try open(root, entry.model, failure)
        let folder = try open(model, "\(entry.version)", failure)
        return try Bundle(
            model: entry.model, version: entry.version, folder: folder, isPlain: entry.kind == .plain)
    }

    private func open(
        _ folder: DirectoryHandle, _ name: String, _ failure: BundleError
    ) throws(BundleError) -> DirectoryHandle {
        do throws(FileError) {
            return try folder.directory(name)
        } catch {
            throw BundleError(
                model: failure.model, version: failure.version, "\(failure.message): \(error.message)")
        }
    }

    private func entries(_ folder: DirectoryHandle, _ what: String) throws(BundleError) -> [DirectoryEntry] {
        do throws(FileError) {
            return try folder.entries()
        } catch {
            throw BundleError("\(what) cannot be listed: \(error.message)")
        }
    }

    static func isModelName(_ name: String) -> Bool {
        let bytes = name.utf8
        return (1...Limits.modelNameBytes).contains(bytes.count)
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// 1 to 18 digits without a leading zero.
    static func version(_ name: String) -> UInt64? {
        let bytes = name.utf8
        guard (1...18).contains(bytes.count), bytes.first != UInt8(ascii: "0"),
            bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return UInt64(name)
    }
}
