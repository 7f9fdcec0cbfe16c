/// A block of the store whose records are there to be read.
package struct LoadedBlock: Equatable, Sendable {
    package let number: UInt64
    package let recordCount: Int

    package init(number: UInt64, recordCount: Int) {
        self.number = number
        self.recordCount = recordCount
    }
}
