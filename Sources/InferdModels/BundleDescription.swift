package import InferdForecast

/// What `model.yaml` says of a model.
package struct BundleDescription: Equatable, Sendable {
    /// A state tensor of a stateful model.
    package struct StateBinding: Equatable, Sendable {
        package let input: String
        package let output: String
        package let batchAxis: Int
        package let initial: Float
    }

    /// Which of the model's tensors is what.
    package struct TensorBindings: Equatable, Sendable {
        package let window: String
        /// For direct models that look at the known future.
        package let future: String?
        package let output: String
        package let states: [StateBinding]
    }

    /// How long an answer stays fresh.
    package enum TimeToLive: Equatable, Sendable {
        case microseconds(Int64)
        /// Until the series' next sample is due.
        case cadence
    }

    package let text: String
    package let forecast: ForecastSpecification
    package let tensors: TensorBindings
    package let maximumBatch: Int
    /// nil: the daemon's default.
    package let timeToLive: TimeToLive?
}
