import InferdForecast

/// A model's step as the daemon describes it.
enum ModelStep {
    struct Unknown: Error {}

    static func parse(_ text: String) throws(Unknown) -> TimeStep {
        guard let step = try? TimeStep(parsing: text) else { throw Unknown() }
        return step
    }
}
