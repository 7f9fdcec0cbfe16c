import InferdJournal

/// What a spool holds and lacks, as text.
enum SpoolReportText {
    private static func entries(_ report: SpoolReport) -> [(key: String, title: String, count: UInt64)] {
        [
            ("segments", "segments", UInt64(report.segments)),
            ("blocks", "blocks", UInt64(report.blocks)),
            ("records", "records", UInt64(report.records)),
            ("damaged_blocks", "damaged blocks", UInt64(report.damagedBlocks)),
            ("damaged_records", "records in damaged blocks, as far as is known", UInt64(report.damagedRecords)),
            ("damaged_headers", "damaged headers of segments", UInt64(report.damagedHeaders)),
            ("missing_blocks", "missing blocks", report.missingBlocks),
            ("repeated_blocks", "blocks written twice", UInt64(report.repeatedBlocks)),
            ("torn_bytes", "bytes after the last whole blocks", UInt64(report.tornBytes)),
            ("unknown_segments", "segments of unknown versions", UInt64(report.unknownSegments)),
        ]
    }

    static func table(_ report: SpoolReport) -> String {
        var table = TextTable([("found", .left), ("count", .right)])
        for entry in entries(report) { table.add([entry.title, "\(entry.count)"]) }
        return table.text() + (report.isIntact ? "intact\n" : "not intact\n")
    }

    static func json(_ report: SpoolReport) -> JSONValue {
        .object(
            [("intact", .bool(report.isIntact))] + entries(report).map { ($0.key, .unsigned($0.count)) })
    }
}
