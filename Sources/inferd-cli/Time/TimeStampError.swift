/// Why a text is no point in time, as one sentence.
struct TimeStampError: Error, Equatable {
    var message: String
}
