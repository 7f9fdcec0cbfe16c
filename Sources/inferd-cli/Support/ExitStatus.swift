/// What the program tells its caller by its exit status; the numbers are those of `sysexits.h`.
enum ExitStatus: Int32 {
    /// The daemon refused the request.
    case refused = 1
    /// The command line is wrong.
    case usage = 64
    /// A file's content is wrong.
    case data = 65
    /// A file cannot be read.
    case noInput = 66
    /// The daemon cannot be reached, or does not answer.
    case unreachable = 69
    /// A file cannot be written.
    case output = 74
    /// The other side is no inferd.
    case `protocol` = 76
}
