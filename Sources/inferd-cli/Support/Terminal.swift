import Glibc

/// What is known of where the output goes.
struct Terminal {
    /// Columns of text.
    var width: Int
    /// It is a terminal that shows colours.
    var showsColour: Bool
    /// It shows characters beyond ASCII.
    var showsUnicode: Bool

    /// Looks at a descriptor and the environment.
    static func current(descriptor: Int32 = STDOUT_FILENO) -> Terminal {
        let isTerminal = isatty(descriptor) == 1
        return Terminal(
            width: width(descriptor),
            // An agreement of many programs: https://no-color.org
            showsColour: isTerminal && (Environment.value("NO_COLOR") ?? "").isEmpty
                && Environment.value("TERM") != "dumb",
            showsUnicode: isUnicode(locale))
    }

    /// The locale that counts for characters, as POSIX orders the variables.
    private static var locale: String {
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            if let value = Environment.value(name), !value.isEmpty { return value }
        }
        return "C"
    }

    static func isUnicode(_ locale: String) -> Bool {
        let lower = locale.lowercased()
        return lower.contains("utf-8") || lower.contains("utf8")
    }

    private static func width(_ descriptor: Int32) -> Int {
        var size = winsize()
        // SAFETY: the call fills a winsize.
        if unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            return clamp(Int(size.ws_col))
        }
        if let text = Environment.value("COLUMNS"), let columns = Int(text), columns > 0 {
            return clamp(columns)
        }
        return 80
    }

    private static func clamp(_ columns: Int) -> Int { min(max(columns, 40), 240) }
}
