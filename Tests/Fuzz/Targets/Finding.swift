/// What an input shows to be wrong.
package struct Finding: Error, CustomStringConvertible {
    package let description: String

    /// Throws a finding unless `condition` holds.
    static func require(_ condition: Bool, _ description: @autoclosure () -> String) throws(Finding) {
        if !condition { throw Finding(description: description()) }
    }
}
