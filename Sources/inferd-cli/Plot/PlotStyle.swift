/// How a plot is drawn.
struct PlotStyle {
    /// Columns of text, all in all.
    var width: Int
    /// Rows of the area within the axes.
    var height = 16
    var usesUnicode: Bool
    var usesColour: Bool

    init(width: Int, height: Int = 16, usesUnicode: Bool, usesColour: Bool) {
        self.width = width
        self.height = height
        self.usesUnicode = usesUnicode
        self.usesColour = usesColour
    }

    init(_ terminal: Terminal) {
        self.init(width: terminal.width, usesUnicode: terminal.showsUnicode, usesColour: terminal.showsColour)
    }

    /// A role's mark in a cell; nil: its dots are drawn.
    func mark(_ role: PlotSeries.Role) -> Character? {
        switch role {
        case .bounds: usesUnicode ? nil : "-"
        case .history: usesUnicode ? nil : "*"
        case .forecast: usesUnicode ? nil : "+"
        case .actual: usesUnicode ? "×" : "x"
        case .match: usesUnicode ? "⊗" : "#"
        }
    }

    /// Dots across and down of a role's pen: without colours, a forecast is told by its bolder line.
    func pen(_ role: PlotSeries.Role) -> Int { usesUnicode && role == .forecast ? 2 : 1 }

    /// The mark of an instant.
    var rule: Character { usesUnicode ? "┊" : "|" }

    /// A role's sample in the legend.
    func sample(_ role: PlotSeries.Role) -> Character {
        mark(role) ?? (role == .bounds ? "⠐" : role == .forecast ? "⠶" : "⠒")
    }

    /// `text` in a role's colour.
    func coloured(_ text: String, _ role: PlotSeries.Role?) -> String {
        guard usesColour, let role else { return text }
        let code =
            switch role {
            case .bounds: "90"
            case .history: "39"
            case .forecast: "36"
            case .actual: "33"
            case .match: "32"
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}
