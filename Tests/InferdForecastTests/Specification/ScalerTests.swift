import InferdTestSupport
import Testing

@testable import InferdForecast

struct ScalerTests {
    private func fit(_ scaler: Scaler, _ window: [Double] = [0]) -> FittedScaler {
        var scratch: [Double] = [7, 7, 7]
        return FittedScaler(scaler, window: window.span, scratch: &scratch)
    }

    static let kinds: [Scaler] = [
        .none, .log1p, .fitted(.standard, center: 50, spread: 12), .perWindow(.standard), .perWindow(.minmax),
        .perWindow(.robust),
    ]

    @Test func numbersFromTrainingAreUsed() {
        let scaler = fit(.fitted(.minmax, center: 10, spread: 40), [1, 2, 3])
        #expect(scaler.scale(30) == 0.5)
        #expect(scaler.unscale(0.5) == 30)
    }

    /// Of 1, 2, 3, 4, 10: mean 4, variance (9 + 4 + 1 + 0 + 36) / 5 = 10; quartiles 2 and 4.
    @Test func numbersFromTheWindowAreItsOwn() {
        let window = [3.0, 1, 10, 2, 4]
        let standard = fit(.perWindow(.standard), window)
        #expect(standard.center == 4 && standard.spread == 10.0.squareRoot())
        let minmax = fit(.perWindow(.minmax), window)
        #expect(minmax.center == 1 && minmax.spread == 9)
        let robust = fit(.perWindow(.robust), window)
        #expect(robust.center == 3 && robust.spread == 2)
    }

    /// Between ranks: of 1, 2, 3, 4 the quartiles are 1.75 and 3.25.
    @Test func quartilesLieBetweenRanks() {
        let robust = fit(.perWindow(.robust), [4, 3, 2, 1])
        #expect(robust.center == 2.5 && robust.spread == 1.5)
        #expect(fit(.perWindow(.robust), [5]).center == 5)
    }

    @Test func logarithmIsOfOneMore() {
        let scaler = fit(.log1p)
        #expect(scaler.scale(0) == 0 && scaler.unscale(0) == 0)
        #expect(abs(scaler.scale(9) - 2.302585092994046) < 1e-15)
        // Where 1 + x would lose x.
        #expect(scaler.scale(1e-18) == 1e-18)
    }

    @Test(arguments: kinds)
    func scalingLeadsBack(scaler: Scaler) {
        var generator = SeededGenerator(for: "scalingLeadsBack(\(scaler))")
        for _ in 0..<200 {
            let window = (0..<20).map { _ in Double.random(in: 0...1000, using: &generator) }
            let fitted = fit(scaler, window)
            for value in window {
                #expect(abs(fitted.unscale(fitted.scale(value)) - value) < 1e-9)
            }
        }
    }

    /// Sums of such values round: their mean is not one of them, and their deviation not 0.
    @Test(arguments: [0.1, 1.1, -3.3, 1e17 + 2, 0, 1e-300])
    func zeroSpreadScalesToZeroAndBackExactly(value: Double) {
        for kind in Scaler.Kind.allCases {
            for count in [1, 3, 48, 1000] {
                let fitted = fit(.perWindow(kind), [Double](repeating: value, count: count))
                #expect(fitted.spread == 0, "\(kind) of \(count)")
                #expect(fitted.scale(value) == 0 && fitted.scale(value + 1) == 0, "\(kind) of \(count)")
                #expect(fitted.unscale(0) == value && fitted.unscale(5) == value, "\(kind) of \(count)")
            }
            let trained = fit(.fitted(kind, center: value, spread: 0))
            #expect(trained.scale(12) == 0 && trained.unscale(3) == value)
        }
    }

    @Test func numbersThatOverflowAreNotFinite() {
        for kind in Scaler.Kind.allCases {
            #expect(!fit(.perWindow(kind), [-1.7e308, -1.7e308, 1.7e308, 1.7e308]).isFinite, "\(kind)")
            #expect(fit(.perWindow(kind), [1, 2]).isFinite, "\(kind)")
        }
    }

    @Test(arguments: [
        Scaler.fitted(.standard, center: .nan, spread: 1), .fitted(.standard, center: 0, spread: .infinity),
        .fitted(.minmax, center: 0, spread: -1),
    ])
    func numbersThatCannotBeAreRefused(scaler: Scaler) {
        #expect(throws: ForecastSpecificationError.self) { try scaler.validate("features[0].scaler") }
    }
}
