import InferdBase
import Synchronization

/// Models that come and go.
extension IOLoop {
    /// Serves what the loader has published, and lets go of what is not among it.
    mutating func takeNews() {
        guard let versions = core.news.takeVersions() else { return }
        var entries: [ModelTable.Entry] = []
        var kept: Set<Int> = []
        for version in versions {
            let state: ModelTable.State
            switch version.state {
            case .ready(let model):
                let place = self.place(of: model)
                kept.insert(place)
                state = .ready(place: place)
            case .failed(let reason):
                state = .failed(reason: reason)
            }
            entries.append(ModelTable.Entry(name: version.name, version: version.version, state: state))
        }
        let before = models.places
        models = ModelTable(entries)
        for place in before where !kept.contains(place) {
            isRetiring[place] = true
            if requestsOf[place] == 0 {
                retire(place)
            }
        }
        core.servedModels.store(models.places.count, ordering: .relaxed)
    }

    /// The place of a load, which is given one if it is new.
    private mutating func place(of model: ServedModel) -> Int {
        for place in models.places where core.slots.model(place) === model { return place }
        guard let place = freePlaces.popLast() else {
            preconditionFailure("there are as many places as the loader may have loads")
        }
        core.slots.fill(place, model, links: core.pool.links)
        return place
    }

    /// No request of the place's load is held any more, and none will be.
    mutating func retire(_ place: Int) {
        isRetiring[place] = false
        freePlaces.append(place)
        if let model = core.slots.empty(place) {
            core.news.retire(model)
        }
    }
}
