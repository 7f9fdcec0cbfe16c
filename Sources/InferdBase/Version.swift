/// The version of everything built from this source.
package enum Version {
    package static let current = "0.1.0"
    /// The wire protocol's version; grows only when old clients can no longer be served.
    package static let wireProtocol: UInt32 = 1
}
