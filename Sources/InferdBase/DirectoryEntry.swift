/// One entry of a directory.
package struct DirectoryEntry: Sendable, Equatable {
    /// Name without path; bytes that are no UTF-8 are replaced, and the name then opens nothing.
    package let name: String
    /// Nil when it was gone before it could be looked at.
    package let kind: FileKind?
}
