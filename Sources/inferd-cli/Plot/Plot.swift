/// A line plot in text: a title, the area with its axes, and a legend.
struct Plot {
    var title: String
    var series: [PlotSeries]
    /// Between what is known and what is forecast, in microseconds since the epoch; nil: not drawn.
    var now: Int64?
    var zone: Zone

    /// Lines, each ended. Empty when there is no point to draw.
    func text(_ style: PlotStyle) -> String {
        let points = series.flatMap(\.points)
        guard let start = points.map(\.time).min(), let end = points.map(\.time).max(),
            let minimum = points.map(\.value).min(), let maximum = points.map(\.value).max()
        else { return "" }
        let values = ValueAxis(minimum: minimum, maximum: maximum, maximumTicks: max(style.height / 2, 2))
        let labelWidth = values.ticks.map { values.label($0).count }.max() ?? 0
        // The labels, a blank and the axis.
        let margin = labelWidth + 2
        let columns = max(style.width - margin - 1, 10)
        var canvas = DotCanvas(columns: columns, rows: style.height, style: style)
        let scale = Scale(start: start, end: end, values: values, width: canvas.width, height: canvas.height)
        draw(on: &canvas, scale)
        var text = title.isEmpty ? "" : "\(title)\n"
        text += area(canvas, values, scale, labelWidth, style)
        text += timeAxis(start, end, columns: columns, margin: margin, style)
        return text + legend(style, hasMatch: canvas.hasMatch)
    }

    private func draw(on canvas: inout DotCanvas, _ scale: Scale) {
        for entry in series.sorted(by: { $0.role.rawValue < $1.role.rawValue }) {
            var last: (x: Int, y: Int)?
            for point in entry.points {
                let place = (x: scale.x(point.time), y: scale.y(point.value))
                if entry.role == .actual {
                    canvas.draw(x: place.x, y: place.y, .actual)
                } else if entry.role == .bounds {
                    // Dotted: two in a row would read as a line.
                    canvas.draw(x: place.x, y: place.y, .bounds)
                } else {
                    canvas.draw(from: last ?? place, to: place, entry.role)
                }
                last = place
            }
        }
        if let now { canvas.rule(x: scale.x(now), canvas.style.rule) }
    }

    private func area(
        _ canvas: DotCanvas, _ values: ValueAxis, _ scale: Scale, _ labelWidth: Int, _ style: PlotStyle
    ) -> String {
        let dotsPerRow = canvas.height / canvas.rows
        var labels: [Int: String] = [:]
        for tick in values.ticks { labels[scale.y(tick) / dotsPerRow] = values.label(tick) }
        var text = ""
        for row in 0..<canvas.rows {
            let label = labels[row] ?? ""
            let axis = style.usesUnicode ? (labels[row] == nil ? "│" : "┤") : (labels[row] == nil ? "|" : "+")
            let padding = String(repeating: " ", count: labelWidth - label.count)
            text += "\(padding)\(label) \(axis)\(canvas.text(row: row))\n"
        }
        return text
    }

    private func timeAxis(_ start: Int64, _ end: Int64, columns: Int, margin: Int, _ style: PlotStyle) -> String {
        let axis = TimeAxis(from: start, to: end, zone: zone, maximumTicks: max(columns / 9, 2))
        let span = Scale(
            start: start, end: end, values: ValueAxis(minimum: 0, maximum: 1, maximumTicks: 2), width: columns,
            height: 1)
        var line = Array(repeating: Character(style.usesUnicode ? "─" : "-"), count: columns)
        var labels = LabelLine(width: margin + columns)
        var contexts = LabelLine(width: margin + columns)
        var lastContext = ""
        for tick in axis.ticks {
            let column = span.x(tick.time)
            line[column] = style.usesUnicode ? "┬" : "+"
            labels.put(tick.label, centredAt: margin + column)
            if tick.context != lastContext, contexts.put(tick.context, centredAt: margin + column) {
                lastContext = tick.context
            }
        }
        let corner = String(repeating: " ", count: margin - 1) + (style.usesUnicode ? "└" : "+")
        return "\(corner)\(String(line))\n\(labels.text)\n\(contexts.text)\n"
    }

    /// As many lines as the width needs.
    private func legend(_ style: PlotStyle, hasMatch: Bool) -> String {
        var names: Set<String> = []
        var entries: [(role: PlotSeries.Role?, sample: String, name: String)] = []
        for entry in series where !entry.points.isEmpty && names.insert(entry.name).inserted {
            entries.append((entry.role, "\(style.sample(entry.role)) ", entry.name))
        }
        if hasMatch { entries.append((.match, "\(style.sample(.match)) ", "both")) }
        if now != nil { entries.append((nil, "\(style.rule) ", "end of the history")) }
        entries.append((nil, "", "times in \(zone.name)"))
        var text = ""
        var used = 0
        for entry in entries {
            let count = entry.sample.count + entry.name.count
            if used > 0 && used + 3 + count > style.width {
                text += "\n"
                used = 0
            }
            text += (used == 0 ? "  " : "   ") + style.coloured(entry.sample, entry.role) + entry.name
            used += count + (used == 0 ? 2 : 3)
        }
        return text + "\n"
    }

    /// From times and values to dots.
    private struct Scale {
        var start: Int64
        var end: Int64
        var values: ValueAxis
        var width: Int
        var height: Int

        func x(_ time: Int64) -> Int {
            let span = Double(end) - Double(start)
            guard span > 0 else { return width / 2 }
            return Int((Double(time - start) / span * Double(width - 1)).rounded())
        }

        func y(_ value: Double) -> Int {
            Int(((1 - min(max(values.position(value), 0), 1)) * Double(height - 1)).rounded())
        }
    }
}
