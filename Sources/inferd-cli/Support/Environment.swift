import Glibc

/// The process's environment.
enum Environment {
    /// A variable's text; nil when it is not set.
    static func value(_ name: String) -> String? {
        // SAFETY: nothing in this program changes the environment.
        guard let text = unsafe getenv(name) else { return nil }
        return unsafe String(cString: text)
    }
}
