/// How far a spool was written at some moment.
package struct SpoolExtent: Sendable {
    /// The first block's number of the last segment there was; 0: there was none.
    let lastSegment: UInt64
    /// Bytes that it had.
    let bytes: Int

    /// As it is now.
    package init(of directory: SpoolDirectory) throws(SpoolError) {
        while true {
            guard let last = try directory.segments().last else {
                (lastSegment, bytes) = (0, 0)
                return
            }
            do throws(SpoolError) {
                let file = try directory.openFile(last.path)
                defer { SpoolDirectory.close(file) }
                (lastSegment, bytes) = (last.firstBlock, try SpoolDirectory.size(of: file))
                return
            } catch .missing {
                // Retention was faster.
                continue
            }
        }
    }
}
