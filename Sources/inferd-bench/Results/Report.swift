/// The measurements as a table for people and as JSON for programs.
struct Report {
    /// What holds for all of them: the machine and how often each was taken.
    let setting: String
    var measurements: [Measurement] = []

    var table: String {
        let header = ["measurement", "value", "unit", "aim", "", "conditions"]
        let rows =
            [header]
            + measurements.map { row in
                let sign = row.direction == .atLeast ? ">=" : "<="
                return [
                    row.name, Self.number(row.value), row.unit, "\(sign) \(Self.number(row.aim))",
                    row.met ? "met" : "missed", row.conditions,
                ]
            }
        let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                if column == row.count - 1 { return row[column] }
                return column == 1 ? padding + row[column] : row[column] + padding
            }.joined(separator: "  ")
        }.joined(separator: "\n") + "\n\n" + setting
    }

    var json: String {
        let rows = measurements.map { row in
            let fields = [
                ("name", Self.quoted(row.name)),
                ("value", Self.number(row.value)),
                ("unit", Self.quoted(row.unit)),
                ("baseline", row.baseline.map(Self.number) ?? "null"),
                ("aim", Self.number(row.aim)),
                ("met", row.met ? "true" : "false"),
                ("conditions", Self.quoted(row.conditions + "; " + setting)),
            ]
            return "  {" + fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
        }
        return "[\n" + rows.joined(separator: ",\n") + "\n]\n"
    }

    /// Three decimals below 100, one above: more than the measurement's noise. Also a number of JSON's.
    static func number(_ value: Double) -> String {
        let scale: Double = value.magnitude < 100 ? 1000 : 10
        let rounded = (value * scale).rounded() / scale
        if rounded == rounded.rounded(), let whole = Int(exactly: rounded) { return String(whole) }
        return String(rounded)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
