import InferdClient

/// Which columns of a file feed which channels of a model.
struct SeriesColumns: Equatable {
    struct Feed: Equatable {
        var channel: String
        var column: Int
    }

    var target: Feed
    /// In the model's order.
    var covariates: [Feed]
    /// Channels whose future the model must be told.
    var knownChannels: [String]

    /// What the command line says of columns.
    struct Wishes {
        var valueColumn: String?
        /// Columns by channel.
        var channels: [(channel: String, column: String)] = []
    }

    init(
        of table: CSVTable, timeColumn: Int, wishes: Wishes, for model: ForecastDescription
    ) throws(CommandFailure) {
        var byChannel: [String: String] = [:]
        let known = [model.target] + model.covariates.map(\.name)
        for (channel, column) in wishes.channels {
            guard known.contains(channel) else {
                let names = known.map { "'\($0)'" }.joined(separator: ", ")
                throw CommandFailure(.usage, "the model has no channel '\(channel)'; its channels are \(names)")
            }
            if byChannel.updateValue(column, forKey: channel) != nil {
                throw CommandFailure(.usage, "--channel names '\(channel)' twice")
            }
        }
        target = Feed(
            channel: model.target,
            column: try Self.targetColumn(table, timeColumn, wishes.valueColumn ?? byChannel[model.target], model))
        var feeds: [Feed] = []
        for covariate in model.covariates {
            let column = byChannel[covariate.name] ?? covariate.name
            guard let index = table.header.firstIndex(of: column) else {
                throw CommandFailure(
                    .data,
                    "\(table.name) has no column '\(column)', which the model reads; name one of \(table.columnList) "
                        + "with --channel \(covariate.name)=COLUMN")
            }
            feeds.append(Feed(channel: covariate.name, column: index))
        }
        covariates = feeds
        knownChannels = model.covariates.filter(\.isKnownInFuture).map(\.name)
    }

    /// The target's column: the one named; the one of the target's name; the only one left.
    private static func targetColumn(
        _ table: CSVTable, _ timeColumn: Int, _ wish: String?, _ model: ForecastDescription
    ) throws(CommandFailure) -> Int {
        if let wish { return try table.column(wish, option: "--value-column") }
        if let index = table.header.firstIndex(of: model.target) { return index }
        let others = table.header.indices.filter { $0 != timeColumn }
        if model.covariates.isEmpty, others.count == 1 { return others[0] }
        return try table.column(model.target, option: "--value-column")
    }
}
