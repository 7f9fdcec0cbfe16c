/// Round trips per second of two servers under the same load, taken in turns: what else the machine does
/// then slows both.
struct PairedRates {
    /// Of the first over the second, in the same repetition.
    private(set) var ratios: [Double] = []
    private(set) var rates: [[Double]] = [[], []]

    /// - Parameter check: throws when a reply of the first server is not what was asked for.
    static func measure(
        _ loads: [LoadGenerator], in context: BenchContext, check: ([UInt8]) throws(BenchError) -> Void
    ) throws(BenchError) -> PairedRates {
        precondition(loads.count == 2)
        for load in loads { _ = try load.run(seconds: context.warmUpSeconds) }
        var result = PairedRates()
        for repetition in 0..<context.repetitions {
            var pair = [0.0, 0.0]
            // Who goes first changes, so that neither always runs on a warmer machine.
            for index in repetition % 2 == 0 ? [0, 1] : [1, 0] {
                let run = try loads[index].run(seconds: context.seconds)
                if index == 0 { try check(run.reply) }
                pair[index] = run.roundTripsPerSecond
                result.rates[index].append(run.roundTripsPerSecond)
            }
            result.ratios.append(pair[0] / pair[1])
        }
        return result
    }

    /// Both rates, for a measurement's conditions.
    var words: String {
        "\(Report.number(Statistics.median(rates[0]))) against the baseline's "
            + "\(Report.number(Statistics.median(rates[1]))) round trips/s"
    }
}
