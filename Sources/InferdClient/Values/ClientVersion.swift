import InferdBase

/// What this library is.
public enum ClientVersion {
    /// Its version, for example `0.1.0`; the daemon's of the same source is the same.
    public static let current = Version.current
}
