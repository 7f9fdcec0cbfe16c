import ArgumentParser
import InferdClient

/// Lists what is served.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Lists the daemon's models and what they expect.")

    @OptionGroup var global: GlobalOptions

    @Option(help: ArgumentHelp("Only this model.", valueName: "name"))
    var model: String?

    @Option(help: "table or json.")
    var format: PlainFormat = .table

    mutating func run() throws {
        let session = try global.session()
        let selector = model.map { ModelSelector($0) }
        let models = try session.ask(about: selector) { () throws(ClientError) in
            try session.client.models(selector, options: session.options)
        }
        switch format {
        case .table: try Files.print(ModelList.table(models))
        case .json: try Files.print(ModelList.json(models).text() + "\n")
        }
    }
}
