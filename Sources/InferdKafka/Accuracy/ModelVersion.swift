/// A version of a model.
package struct ModelVersion: Hashable, Comparable, Sendable {
    package let name: String
    package let version: UInt64

    package init(name: String, version: UInt64) {
        self.name = name
        self.version = version
    }

    package static func < (left: ModelVersion, right: ModelVersion) -> Bool {
        (left.name, left.version) < (right.name, right.version)
    }
}
