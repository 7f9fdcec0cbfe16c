@testable import InferdModels

/// The text files of a bundle. The input's first byte chooses the file, the rest is its content.
enum BundlesTarget {
    static func run(_ input: [UInt8]) throws(Finding) {
        guard let choice = input.first else { return }
        let content = Array(input.dropFirst())
        do throws(BundleError) {
            switch choice % 3 {
            case 0:
                _ = try unsafe Manifest(
                    content.span.bytes, expecting: [Bundle.modelName, Bundle.descriptionName],
                    failure: { BundleError(file: Bundle.manifestName, $0) })
            case 1:
                guard let text = String(validating: content, as: UTF8.self) else { return }
                _ = try BundleDescription(yaml: text)
            default:
                guard let text = String(validating: content, as: UTF8.self) else { return }
                _ = try GoldenCase.read(json: text)
            }
        } catch {
            try Finding.require(!error.message.isEmpty, "an error without a message")
        }
    }
}
