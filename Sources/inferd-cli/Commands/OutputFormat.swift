import ArgumentParser

/// How results are written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, csv
}

/// How results without points in time are written.
enum PlainFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json
}
