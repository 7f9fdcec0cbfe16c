/// What a request asks for. Raw values are the field numbers of `Request.body` and `Reply.body`.
package enum BodyKind: UInt32, Sendable, CaseIterable {
    case hello = 16
    case predict = 17
    case infer = 18
    case models = 19
    case stats = 20
    case cancel = 21
    case ping = 22

    /// The field's name, which error paths begin with.
    package var name: String {
        switch self {
        case .hello: "hello"
        case .predict: "predict"
        case .infer: "infer"
        case .models: "models"
        case .stats: "stats"
        case .cancel: "cancel"
        case .ping: "ping"
        }
    }

    /// Whether the request must name a model.
    var needsModel: Bool {
        self == .predict || self == .infer
    }
}
