/// A grid of cells, each of which holds a character: with Unicode 2 by 4 dots of a braille pattern, in
/// plain ASCII one mark.
struct DotCanvas {
    private struct Cell {
        var dots: UInt8 = 0
        var mark: Character?
        var role: PlotSeries.Role?
    }

    let columns: Int
    let rows: Int
    let style: PlotStyle
    private var cells: [Cell]

    init(columns: Int, rows: Int, style: PlotStyle) {
        self.columns = columns
        self.rows = rows
        self.style = style
        cells = Array(repeating: Cell(), count: columns * rows)
    }

    private var dotsPerColumn: Int { style.usesUnicode ? 2 : 1 }
    private var dotsPerRow: Int { style.usesUnicode ? 4 : 1 }

    /// Dots across and down.
    var width: Int { columns * dotsPerColumn }
    var height: Int { rows * dotsPerRow }

    /// Whether an actual was drawn where a forecast was.
    private(set) var hasMatch = false

    /// Draws one point, counted from the upper left corner; outside of the canvas nothing is drawn.
    mutating func draw(x: Int, y: Int, _ role: PlotSeries.Role) {
        guard x >= 0, x < width, y >= 0, y < height else { return }
        let pen = style.pen(role)
        // A pen that would stand over the edge moves in.
        let (left, top) = (max(min(x, width - pen), 0), max(min(y, height - pen), 0))
        for dotX in left..<min(left + pen, width) {
            for dotY in top..<min(top + pen, height) { set(x: dotX, y: dotY, role) }
        }
    }

    private mutating func set(x: Int, y: Int, _ wanted: PlotSeries.Role) {
        let index = y / dotsPerRow * columns + x / dotsPerColumn
        // A mark hides what is beneath it, and a forecast that is right would not be seen.
        let isMatch = wanted == .actual && (cells[index].role == .forecast || cells[index].role == .match)
        let role: PlotSeries.Role = isMatch ? .match : wanted
        if isMatch { hasMatch = true }
        cells[index].role = role
        if let mark = style.mark(role) {
            cells[index].mark = mark
        } else {
            cells[index].mark = nil
            cells[index].dots |= Self.dot(x % 2, y % 4)
        }
    }

    /// Draws a straight line (Bresenham 1965), both ends included.
    mutating func draw(from start: (x: Int, y: Int), to end: (x: Int, y: Int), _ role: PlotSeries.Role) {
        let (dx, dy) = (abs(end.x - start.x), -abs(end.y - start.y))
        let (stepX, stepY) = (start.x < end.x ? 1 : -1, start.y < end.y ? 1 : -1)
        var (x, y) = start
        var error = dx + dy
        while true {
            draw(x: x, y: y, role)
            if x == end.x && y == end.y { return }
            let doubled = 2 * error
            if doubled >= dy {
                error += dy
                x += stepX
            }
            if doubled <= dx {
                error += dx
                y += stepY
            }
        }
    }

    /// Puts a rule into the free cells of the column that the dot lies in.
    mutating func rule(x: Int, _ mark: Character) {
        let column = x / dotsPerColumn
        guard column >= 0, column < columns else { return }
        for row in 0..<rows where cells[row * columns + column].role == nil {
            cells[row * columns + column].mark = mark
        }
    }

    /// A row's text, without blanks at its end.
    func text(row: Int) -> String {
        let line = cells[(row * columns)..<((row + 1) * columns)]
        guard let last = line.lastIndex(where: { $0.mark != nil || $0.dots != 0 }) else { return "" }
        var text = ""
        var run = ""
        var role: PlotSeries.Role?
        for cell in line[...last] {
            if cell.role != role {
                text += run.isEmpty ? "" : style.coloured(run, role)
                run = ""
                role = cell.role
            }
            run.append(Self.character(cell))
        }
        return text + style.coloured(run, role)
    }

    private static func character(_ cell: Cell) -> Character {
        if let mark = cell.mark { return mark }
        guard cell.dots != 0, let scalar = Unicode.Scalar(0x2800 + UInt32(cell.dots)) else { return " " }
        return Character(scalar)
    }

    /// Unicode's numbering of braille dots: 1 2 3 7 down the left side, 4 5 6 8 down the right.
    private static func dot(_ x: Int, _ y: Int) -> UInt8 {
        switch (x, y) {
        case (_, 3): x == 0 ? 0x40 : 0x80
        default: (x == 0 ? 0x01 : 0x08) << UInt8(y)
        }
    }
}
