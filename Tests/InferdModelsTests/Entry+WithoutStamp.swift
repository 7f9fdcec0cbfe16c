import InferdModels

extension ModelRepository.Entry {
    /// What was found, whenever its files were written.
    var withoutStamp: Self {
        var entry = self
        entry.stamp = nil
        return entry
    }
}
