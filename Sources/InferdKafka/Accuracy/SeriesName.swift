/// What is forecast: a series, and which quantity of it.
package struct SeriesName: Hashable, Sendable {
    package var id: String
    /// Equal for models whose forecasts can be compared with the same observations.
    package var quantity: UInt64

    package init(id: String, quantity: UInt64) {
        self.id = id
        self.quantity = quantity
    }
}
