/// How a model forecasts: everything of a bundle's description that a request is computed from.
package struct ForecastSpecification: Equatable, Sendable {
    /// A column, or columns, of the model's input.
    package enum Feature: Equatable, Sendable {
        /// A channel of the request. The first feature is one and is the target.
        case channel(Channel)
        case calendar(CalendarField, CalendarEncoding)
    }

    package struct Channel: Equatable, Sendable {
        package var name: String
        /// Requests bring its values for the horizon. Without meaning for the target.
        package var isKnownInFuture: Bool
        package var scaler: Scaler

        package init(name: String, isKnownInFuture: Bool, scaler: Scaler) {
            self.name = name
            self.isKnownInFuture = isKnownInFuture
            self.scaler = scaler
        }
    }

    package enum DecodeMode: Equatable, Sendable {
        /// All of the greatest horizon in one run.
        case direct
        /// `chunk` points a run, appended to the window for the next.
        case autoregressive(chunk: Int)
        /// One point a run, with state tensors carried on.
        case stateful

        package var name: String {
            switch self {
            case .direct: "direct"
            case .autoregressive: "autoregressive"
            case .stateful: "stateful"
            }
        }
    }

    package enum GapPolicy: String, Sendable, CaseIterable {
        case reject
        /// The last value goes on.
        case ffill
        /// On a straight line between the neighbours.
        case interpolate
    }

    package var step: TimeStep
    /// IANA name.
    package var timeZone: String
    /// How far a time stamp may lie off its place on the grid.
    package var toleranceMicroseconds: Int64
    /// History points the model reads.
    package var window: Int
    package var defaultHorizon: Int
    package var maximumHorizon: Int
    /// Steps of one season, for MASE; nil: none.
    package var season: Int?
    package var gapPolicy: GapPolicy
    /// Of the target; empty: not stated.
    package var unit: String
    package var features: [Feature]
    package var decode: DecodeMode
    /// Levels the model forecasts, rising, with 0.5 among them; empty: a point forecast only.
    package var quantiles: [Double]
    /// The model has an input of its own for what is known of the future; `direct` only.
    package var hasFutureInput: Bool

    package init(
        step: TimeStep, timeZone: String, toleranceMicroseconds: Int64 = 0, window: Int, defaultHorizon: Int,
        maximumHorizon: Int, season: Int? = nil, gapPolicy: GapPolicy = .reject, unit: String = "",
        features: [Feature], decode: DecodeMode, quantiles: [Double] = [], hasFutureInput: Bool = false
    ) {
        self.step = step
        self.timeZone = timeZone
        self.toleranceMicroseconds = toleranceMicroseconds
        self.window = window
        self.defaultHorizon = defaultHorizon
        self.maximumHorizon = maximumHorizon
        self.season = season
        self.gapPolicy = gapPolicy
        self.unit = unit
        self.features = features
        self.decode = decode
        self.quantiles = quantiles
        self.hasFutureInput = hasFutureInput
    }

    /// The channels of a request, the target first.
    package var channels: [Channel] {
        features.compactMap { if case .channel(let channel) = $0 { channel } else { nil } }
    }

    package var targetName: String { channels.first?.name ?? "" }

    /// Points one run makes.
    package var chunk: Int {
        switch decode {
        case .direct: maximumHorizon
        case .autoregressive(let chunk): chunk
        case .stateful: 1
        }
    }
}

/// Which value of a specification cannot be, and why.
package struct ForecastSpecificationError: Error, Equatable, CustomStringConvertible {
    /// Path of the key in `model.yaml`, for example `horizon.default`.
    package let key: String
    package let message: String

    init(_ key: String, _ message: String) {
        self.key = key
        self.message = message
    }

    package var description: String { "\(key): \(message)" }
}
