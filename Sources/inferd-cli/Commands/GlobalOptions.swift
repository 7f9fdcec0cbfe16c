import ArgumentParser
import InferdClient

/// Options of every command.
struct GlobalOptions: ParsableArguments {
    static let defaultAddress = "unix:/run/inferd/inferd.sock"

    @Option(
        help: ArgumentHelp(
            "Where the daemon listens: unix:PATH or tcp:HOST:PORT.",
            discussion: "Without it the environment's INFERD_ADDRESS counts, then \(defaultAddress).",
            valueName: "address"))
    var address: String?

    @Option(help: ArgumentHelp("How long to wait for the daemon, for example 2s or 500ms.", valueName: "duration"))
    var timeout: String = "5s"

    func serverAddress() throws(CommandFailure) -> ServerAddress {
        var text = address ?? ""
        if address == nil {
            text = Environment.value("INFERD_ADDRESS") ?? ""
            if text.isEmpty { text = Self.defaultAddress }
        }
        do throws(AddressError) {
            return try ServerAddress(parsing: text)
        } catch {
            let source = address == nil ? "INFERD_ADDRESS" : "--address"
            throw CommandFailure(.usage, "\(source): \(error)")
        }
    }

    /// Connects.
    func session(wantsReceipt: Bool = false) throws(CommandFailure) -> Session {
        let limit = try Durations.parse(timeout)
        let address = try serverAddress()
        do throws(ClientError) {
            let client = try Client(blockingTo: address, timeout: limit)
            return Session(
                address: address, client: client.blocking,
                options: RequestOptions(timeout: limit, wantsReceipt: wantsReceipt))
        } catch {
            throw CommandFailure(error, at: address)
        }
    }
}

/// A connection and how requests are made on it.
struct Session {
    let address: ServerAddress
    let client: BlockingClient
    let options: RequestOptions

    /// Turns the client's errors into the command's. `model`: what the request is about.
    func ask<Value>(
        about model: ModelSelector? = nil, _ body: () throws(ClientError) -> Value
    ) throws(CommandFailure) -> Value {
        do throws(ClientError) {
            return try body()
        } catch {
            throw failure(error, of: model)
        }
    }

    /// What the client met when it asked about a model.
    func failure(_ error: ClientError, of model: ModelSelector?) -> CommandFailure {
        if let model, case .refused(let refusal) = error, refusal.code == .notFound, refusal.field == "model" {
            return Self.notFound(model)
        }
        return CommandFailure(error, at: address)
    }

    private static func notFound(_ model: ModelSelector) -> CommandFailure {
        let version = model.version == 0 ? "" : " version \(model.version)"
        return CommandFailure(.refused, "NOT_FOUND: no model '\(model.name)'\(version); `inferd-cli models` lists them")
    }

    /// The version of a model that a request would go to.
    func describe(_ model: ModelSelector) throws(CommandFailure) -> ModelDescription {
        let found = try ask(about: model) { () throws(ClientError) in try client.models(model, options: options) }
            .filter { $0.name == model.name && (model.version == 0 || $0.version == model.version) }
        if let chosen = found.first(where: \.isDefault) ?? found.last(where: { $0.state == .ready }) ?? found.last {
            return chosen
        }
        throw Self.notFound(model)
    }
}
