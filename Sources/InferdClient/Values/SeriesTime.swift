/// The time stamps of a series, in microseconds since 1970-01-01T00:00:00Z.
public enum SeriesTime: Hashable, Sendable {
    /// One stamp for each point, rising.
    case timestamps([Int64])
    /// The first point's stamp and the step, for example `1h`; empty: the model's.
    case regular(start: Int64, step: String)
}
