import Glibc
import InferdJournal
import InferdKafka

extension EventFolder {
    /// Makes the folder and those above it, as far as they are not there.
    func make() throws(ServerError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/\(part)"
            // Sound: `mkdir` reads the NUL-terminated string.
            if unsafe mkdir(made, 0o700) != 0, errno != EEXIST {
                throw .system("cannot make the folder \(path) for events", errno: errno)
            }
        }
        for folder in [spool, deadLetters] where unsafe mkdir(folder, 0o700) != 0 && errno != EEXIST {
            throw .system("cannot make the folder \(folder)", errno: errno)
        }
    }

    /// Opens the rings that earlier lives have left, and makes one for each thread that predicts, and one for
    /// the publisher's thread if it scores.
    func openRings(_ settings: EventSettings, bootID: BootID, threads: Int) throws(RingError) -> EventRings {
        let directory = try RingDirectory(path: rings)
        let recovered = try directory.recover()
        var made: [RingFile] = []
        for number in 0..<threads {
            let identity = RingIdentity(bootID: bootID, producer: UInt32(number))
            made.append(try directory.makeRing(identity, capacity: settings.ringBytes))
        }
        var scores: RingFile?
        if settings.scoresForecasts {
            let identity = RingIdentity(bootID: bootID, producer: UInt32(threads))
            scores = try directory.makeRing(identity, capacity: settings.ringBytes)
        }
        return EventRings(directory: directory, recovered: recovered, made: made, scores: scores)
    }

    /// Opens the spool and the dead letters beside it.
    func openStore(
        _ settings: EventSettings, bootID: BootID
    ) throws(SpoolError) -> SpoolStore<SystemSpoolFiles> {
        var configuration = SpoolConfiguration()
        configuration.maximumBytes = settings.spoolBytes
        configuration.maximumAgeMicroseconds = settings.spoolMilliseconds.map { Int64($0) * 1000 }
        configuration.syncs = settings.syncs
        // Where events stay, giving up the oldest is what the bound is for; where they wait, it is a loss.
        if settings.usesKafka, settings.whenFull == .reject { configuration.overflow = .refuses }
        let files = try SystemSpoolFiles(path: spool)
        let events = try SpoolWriter(
            files: files, directory: files.directory, configuration: configuration, bootID: bootID)
        let letterFiles = try SystemSpoolFiles(path: deadLetters)
        configuration.overflow = .deletesOldest
        let letters = try SpoolWriter(
            files: letterFiles, directory: letterFiles.directory, configuration: configuration, bootID: bootID)
        return SpoolStore(events: events, directory: files.directory, deadLetters: letters)
    }
}
