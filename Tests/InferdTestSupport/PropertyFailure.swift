/// A property that did not hold, and where it was looked at.
package struct PropertyFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// Throws unless `condition` holds. Cheaper than an expectation, because it is asked millions of times.
package func require(
    _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) throws(PropertyFailure) {
    if !condition {
        throw PropertyFailure("\(file):\(line): \(message())")
    }
}
