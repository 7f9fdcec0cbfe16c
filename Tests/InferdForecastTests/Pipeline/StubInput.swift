@testable import InferdForecast

/// A request made of arrays.
@safe
final class StubInput: ForecastInput {
    struct Series {
        var name: String
        var values: [Double]

        init(_ name: String, _ values: [Double]) {
            self.name = name
            self.values = values
        }
    }

    private let allocations: [UnsafeMutableRawBufferPointer]

    let seriesID: UnsafeRawBufferPointer
    let timestamps: UnsafeBufferPointer<Int64>
    let hasRegularTime: Bool
    let regularStart: Int64
    let regularStep: UnsafeRawBufferPointer
    private let channels: [(UnsafeRawBufferPointer, UnsafeBufferPointer<Double>)]
    let horizon: UInt32
    private let future: [(UnsafeRawBufferPointer, UnsafeBufferPointer<Double>)]
    let quantiles: UnsafeBufferPointer<Double>
    let actuals: UnsafeBufferPointer<Double>

    /// - Parameter start: of regular time; nil: there are time stamps, or nothing.
    init(
        _ channels: [Series], stamps: [Int64] = [], start: Int64? = nil, step: String = "", horizon: UInt32 = 0,
        future: [Series] = [], quantiles: [Double] = [], actuals: [Double] = [], seriesID: String = ""
    ) {
        var allocations: [UnsafeMutableRawBufferPointer] = unsafe []
        func keep<Element: BitwiseCopyable>(_ values: [Element]) -> UnsafeBufferPointer<Element> {
            let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: values.count)
            _ = unsafe copy.initialize(from: values)
            unsafe allocations.append(UnsafeMutableRawBufferPointer(copy))
            return UnsafeBufferPointer(copy)
        }
        func keep(_ text: String) -> UnsafeRawBufferPointer {
            unsafe UnsafeRawBufferPointer(keep(Array(text.utf8)))
        }
        unsafe self.seriesID = keep(seriesID)
        unsafe timestamps = keep(stamps)
        hasRegularTime = start != nil
        regularStart = start ?? 0
        unsafe regularStep = keep(step)
        unsafe self.channels = channels.map { unsafe (keep($0.name), keep($0.values)) }
        self.horizon = horizon
        unsafe self.future = future.map { unsafe (keep($0.name), keep($0.values)) }
        unsafe self.quantiles = keep(quantiles)
        unsafe self.actuals = keep(actuals)
        unsafe self.allocations = allocations
    }

    deinit {
        for index in unsafe allocations.indices {
            unsafe allocations[index].deallocate()
        }
    }

    var channelCount: Int { unsafe channels.count }
    func channelName(_ index: Int) -> UnsafeRawBufferPointer { unsafe channels[index].0 }
    func channelValues(_ index: Int) -> UnsafeBufferPointer<Double> { unsafe channels[index].1 }
    var futureCount: Int { unsafe future.count }
    func futureName(_ index: Int) -> UnsafeRawBufferPointer { unsafe future[index].0 }
    func futureValues(_ index: Int) -> UnsafeBufferPointer<Double> { unsafe future[index].1 }
}
