/// Something that reads bytes from outside. Raw values name the directories of the kept corpus.
package enum FuzzTarget: String, CaseIterable, Sendable {
    case frames = "FuzzFrames"
    case envelope = "FuzzEnvelope"
    case bodies = "FuzzBodies"
    case replies = "FuzzReplies"
    case bundles = "FuzzBundles"
    case files = "FuzzFiles"
    case events = "FuzzEvents"

    /// Has the target read `input`: whatever it holds, nothing traps, and nothing is thrown unless the
    /// target is wrong.
    package func run(_ input: [UInt8]) throws(Finding) {
        switch self {
        case .frames: try FramesTarget.run(input)
        case .envelope: try EnvelopeTarget.run(input)
        case .bodies: try BodiesTarget.run(input)
        case .replies: try RepliesTarget.run(input)
        case .bundles: try BundlesTarget.run(input)
        case .files: try FilesTarget.run(input)
        case .events: try EventsTarget.run(input)
        }
    }

    /// `run`, as libFuzzer calls it: a finding ends the process.
    package func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        do throws(Finding) {
            try unsafe run(Array(UnsafeBufferPointer(start: bytes, count: count)))
        } catch {
            fatalError("\(error)")
        }
        return 0
    }
}
