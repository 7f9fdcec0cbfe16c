package import InferdBase

/// One version of a model, read and verified. The model is built from these very bytes.
package final class Bundle: Sendable {
    package static let modelName = "model.onnx"
    package static let descriptionName = "model.yaml"
    package static let goldenName = "golden.json"
    static let manifestName = "MANIFEST"

    package let name: String
    package let version: UInt64
    /// Content of `model.onnx`.
    package let model: OwnedBytes
    /// nil: a plain model.
    package let description: BundleDescription?
    /// Empty for a plain model.
    package let golden: [GoldenCase]

    init(model name: String, version: UInt64, folder: DirectoryHandle, isPlain: Bool) throws(BundleError) {
        self.name = name
        self.version = version
        let files = BundleFiles(model: name, version: version, folder: folder)
        if isPlain {
            model = try files.read(Self.modelName, maximumBytes: Limits.modelFileBytes)
            description = nil
            golden = []
            return
        }
        let listed = try files.read(Self.manifestName, maximumBytes: 64 << 10)
        let manifest = try Manifest(
            listed.span, expecting: [Self.modelName, Self.descriptionName, Self.goldenName],
            failure: { BundleError(model: name, version: version, file: Self.manifestName, $0) })
        let bytes = try files.read(Self.modelName, maximumBytes: Limits.modelFileBytes)
        try files.verify(bytes, Self.modelName, manifest)
        model = bytes
        let yaml = try files.readText(Self.descriptionName, manifest)
        let json = try files.readText(Self.goldenName, manifest)
        do throws(BundleError) {
            description = try BundleDescription(yaml: yaml)
            golden = try GoldenCase.read(json: json)
        } catch {
            throw BundleError(model: name, version: version, file: error.file, error.message)
        }
    }
}

/// The files of one bundle's folder, whose errors name the bundle.
private struct BundleFiles {
    let model: String
    let version: UInt64
    let folder: DirectoryHandle

    func read(_ file: String, maximumBytes: Int) throws(BundleError) -> OwnedBytes {
        do throws(FileError) {
            return try folder.read(file, maximumBytes: maximumBytes)
        } catch {
            throw BundleError(model: model, version: version, file: file, error.message)
        }
    }

    func verify(_ bytes: borrowing OwnedBytes, _ file: String, _ manifest: Manifest) throws(BundleError) {
        let expected = manifest.digests[file]?.hexadecimal ?? "none"
        let found = SHA256Digest(of: bytes.span).hexadecimal
        guard expected == found else {
            throw BundleError(
                model: model, version: version, file: file, "expected SHA-256 \(expected), found \(found)")
        }
    }

    func readText(_ file: String, _ manifest: Manifest) throws(BundleError) -> String {
        let bytes = try read(file, maximumBytes: Limits.descriptionFileBytes)
        try verify(bytes, file, manifest)
        let text = unsafe bytes.span.withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) }
        guard let text else {
            throw BundleError(model: model, version: version, file: file, "expected UTF-8 text")
        }
        return text
    }
}
