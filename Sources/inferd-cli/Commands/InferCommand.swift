import ArgumentParser
import InferdClient

/// Runs a model on arrays.
struct InferCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "infer", abstract: "Runs a model on tensors from .npy files.")

    @OptionGroup var global: GlobalOptions

    @Option(help: ArgumentHelp("The model.", valueName: "name"))
    var model: String

    @Option(help: ArgumentHelp("Its version; the newest that is ready unless given.", valueName: "number"))
    var version: UInt64 = 0

    @Option(help: ArgumentHelp("An input of the model and its array; repeat for each.", valueName: "name=file.npy"))
    var input: [String] = []

    @Option(help: ArgumentHelp("An output wanted; repeat for each. All unless given.", valueName: "name"))
    var output: [String] = []

    @Option(help: ArgumentHelp("Write each output to NAME.npy in this folder.", valueName: "folder"))
    var outputDir: String?

    @Flag(help: "Show where the time went.")
    var receipt = false

    mutating func run() throws {
        if outputDir == "" { throw CommandFailure(.usage, "--output-dir names no folder") }
        var inputs: [Tensor] = []
        for text in input {
            let (name, path) = try Assignment.parse(text, option: "--input", form: "NAME=FILE.npy")
            let array = try NpyFile.decode(try Files.read(path), name: Files.displayName(path))
            inputs.append(Tensor(name: name, type: array.type, shape: array.shape, data: array.data))
        }
        let session = try global.session(wantsReceipt: receipt)
        let selector = ModelSelector(model, version: version)
        let query = TensorQuery(inputs: inputs, outputs: output)
        let answer = try session.ask(about: selector) { () throws(ClientError) in
            try session.client.infer(selector, query, options: session.options)
        }
        var text = "\(answer.value.model) version \(answer.value.version)\n"
        if let outputDir {
            try Files.makeFolder(outputDir)
            text += try write(answer.value.outputs, to: outputDir)
        } else {
            for tensor in answer.value.outputs { text += TensorText.summary(tensor) + "\n" }
        }
        if let receipt = answer.receipt { text += "\n" + ReceiptTable.text(receipt) }
        try Files.print(text)
    }

    /// Writes the outputs; returns a line for each.
    private func write(_ outputs: [Tensor], to folder: String) throws(CommandFailure) -> String {
        var names: Set<String> = []
        var text = ""
        for tensor in outputs {
            var name = TensorText.fileName(tensor.name)
            // Names that differ only in what a file name cannot hold.
            while !names.insert(name).inserted { name += "_" }
            guard let bytes = NpyFile.encode(NpyArray(type: tensor.type, shape: tensor.shape, data: tensor.data)) else {
                throw CommandFailure(.output, "the output '\(tensor.name)' is of a type that .npy files do not hold")
            }
            let path = "\(folder)/\(name).npy"
            try Files.write(bytes, to: path)
            text += "\(TensorText.title(tensor)) -> \(path)\n"
        }
        return text
    }
}
