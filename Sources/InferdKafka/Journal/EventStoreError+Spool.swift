internal import InferdJournal

extension EventStoreError {
    init(_ error: SpoolError) {
        switch error {
        case .recordTooLarge: self = .recordTooLarge(error.message)
        default: self = .failed(error.message)
        }
    }
}
