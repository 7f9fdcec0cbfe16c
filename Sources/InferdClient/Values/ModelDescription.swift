/// What the daemon says of one version of a model.
public struct ModelDescription: Hashable, Sendable {
    /// Where a model stands.
    public enum State: Hashable, Sendable {
        /// Not stated, or by a number this version does not know.
        case unspecified
        /// Being verified, loaded, prewarmed or checked.
        case loading
        /// Serves requests.
        case ready
        /// Refused at load.
        case failed
        /// No longer offered.
        case retiring
    }

    /// An input or output as the model declares it.
    public struct TensorDescription: Hashable, Sendable {
        /// The tensor's name.
        public var name: String
        /// nil: a type this version does not know.
        public var type: TensorType?
        /// Extents, outermost first; -1: any.
        public var shape: [Int64]

        /// A description from its parts.
        public init(name: String, type: TensorType?, shape: [Int64]) {
            self.name = name
            self.type = type
            self.shape = shape
        }
    }

    /// Measured cost of one run.
    public struct StepCost: Hashable, Sendable {
        /// Rows in the run.
        public var batch: UInt32
        /// Microseconds it takes.
        public var microseconds: Double

        /// A cost from its parts.
        public init(batch: UInt32, microseconds: Double) {
            self.batch = batch
            self.microseconds = microseconds
        }
    }

    /// The model's name.
    public var name: String
    /// The model's version.
    public var version: UInt64
    /// Where it stands.
    public var state: State
    /// Why a failed model was refused; empty otherwise.
    public var error: String = ""
    /// Number of the load that made what is served; 0: never loaded.
    public var generation: UInt64 = 0
    /// Requests without a version go here.
    public var isDefault: Bool = false
    /// The model's inputs.
    public var inputs: [TensorDescription] = []
    /// The model's outputs.
    public var outputs: [TensorDescription] = []
    /// nil: a plain tensor model that serves `infer` only.
    public var forecast: ForecastDescription?
    /// Largest number of rows in one run.
    public var maximumBatch: UInt32 = 0
    /// Bytes of the model's file.
    public var modelBytes: UInt64 = 0
    /// Bytes that the load is taken to hold in memory.
    public var memoryBytes: UInt64 = 0
    /// Measured costs by batch size.
    public var stepCosts: [StepCost] = []

    /// A description with the rest left at what absence means.
    public init(name: String, version: UInt64, state: State) {
        self.name = name
        self.version = version
        self.state = state
    }
}
