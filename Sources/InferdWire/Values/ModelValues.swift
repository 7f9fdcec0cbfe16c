package import InferdBase

/// A model as the `models` reply describes it; the meaning of each field stands in `control.proto`.
package struct ModelValues: Equatable, Sendable {
    package enum State: UInt32, Sendable {
        case loading = 1
        case ready = 2
        case failed = 3
        case retiring = 4
    }

    package struct Tensor: Equatable, Sendable {
        package var name: String
        package var type: ElementType
        /// -1: any.
        package var shape: [Int64]

        package init(name: String, type: ElementType, shape: [Int64]) {
            self.name = name
            self.type = type
            self.shape = shape
        }
    }

    package struct StepCost: Equatable, Sendable {
        package var batch: UInt32
        package var microseconds: Double

        package init(batch: UInt32, microseconds: Double) {
            self.batch = batch
            self.microseconds = microseconds
        }
    }

    package struct Covariate: Equatable, Sendable {
        package var name: String
        package var knownInFuture: Bool

        package init(name: String, knownInFuture: Bool) {
            self.name = name
            self.knownInFuture = knownInFuture
        }
    }

    package struct Forecast: Equatable, Sendable {
        package var target = ""
        package var unit = ""
        package var step = ""
        package var timeZone = ""
        package var window: UInt32 = 0
        package var defaultHorizon: UInt32 = 0
        package var maximumHorizon: UInt32 = 0
        package var decodeMode = ""
        package var covariates: [Covariate] = []
        package var quantiles: [Double] = []
        package var gapPolicy = ""

        package init() {}
    }

    package var name = ""
    package var version: UInt64 = 0
    package var state = State.ready
    package var error = ""
    package var generation: UInt64 = 0
    package var isDefault = false
    package var inputs: [Tensor] = []
    package var outputs: [Tensor] = []
    package var forecast: Forecast?
    package var maximumBatch: UInt32 = 0
    package var modelBytes: UInt64 = 0
    package var stepCosts: [StepCost] = []
    package var memoryBytes: UInt64 = 0

    package init() {}
}
