import CLinux

/// The processors that a thread may run on.
struct ProcessorMask {
    private var words = [UInt64](repeating: 0, count: Int(INFERD_PROCESSOR_MASK_WORDS))

    /// Of the thread numbered `thread`; 0 is the calling one.
    init(of thread: Int32) throws(BenchError) {
        let outcome = unsafe inferd_get_placement(thread, &words)
        if outcome < 0 { throw BenchError("the processors of a thread", errno: -outcome) }
    }

    private init() {}

    /// Rising.
    var processors: [Int] {
        (0..<words.count * 64).filter { words[$0 / 64] >> ($0 % 64) & 1 != 0 }
    }

    /// A mask of one processor.
    static func only(_ processor: Int) -> ProcessorMask {
        var mask = ProcessorMask()
        mask.words[processor / 64] = 1 << (processor % 64)
        return mask
    }

    func apply(to thread: Int32) throws(BenchError) {
        let outcome = unsafe inferd_set_placement(thread, words)
        if outcome < 0 { throw BenchError("placing a thread", errno: -outcome) }
    }
}
