@testable import InferdJournal

/// The file system, with faults that a test asks for.
final class FaultyFiles: SpoolFiles {
    let files: SystemSpoolFiles
    /// Calls that fail, each time, until they are taken out.
    var faults: [SpoolOperation: SpoolError] = [:]
    /// Bytes that a write takes at most.
    var greatestWrite = Int.max
    /// Bytes that can be written until the disk is full.
    var room = Int.max
    /// The call, counted from 0, that fails alone, and why.
    var single: (call: Int, error: SpoolError)?
    /// Calls so far.
    private(set) var calls = 0

    init(path: String) throws(SpoolError) {
        files = try SystemSpoolFiles(path: path)
    }

    private func meet(_ operation: SpoolOperation) throws(SpoolError) {
        defer { calls += 1 }
        if let single, single.call == calls { throw single.error }
        if let fault = faults[operation] { throw fault }
    }

    func makeDirectory(_ path: String) throws(SpoolError) {
        try meet(.makeDirectory)
        try files.makeDirectory(path)
    }

    func create(_ path: String) throws(SpoolError) -> Int32 {
        try meet(.create)
        return try files.create(path)
    }

    func openForWriting(_ path: String) throws(SpoolError) -> Int32 {
        try meet(.open)
        return try files.openForWriting(path)
    }

    func write(_ bytes: RawSpan, to file: Int32, at offset: Int) throws(SpoolError) -> Int {
        try meet(.write)
        let part = bytes.extracting(first: min(greatestWrite, room))
        if part.isEmpty { throw .diskFull }
        let written = try files.write(part, to: file, at: offset)
        if room < .max { room -= written }
        return written
    }

    func truncate(_ file: Int32, to length: Int) throws(SpoolError) {
        try meet(.truncate)
        try files.truncate(file, to: length)
    }

    func sync(_ file: Int32) throws(SpoolError) {
        try meet(.sync)
        try files.sync(file)
    }

    func syncDirectory(_ path: String) throws(SpoolError) {
        try meet(.sync)
        try files.syncDirectory(path)
    }

    func close(_ file: Int32) {
        files.close(file)
    }

    func rename(_ path: String, to other: String) throws(SpoolError) {
        try meet(.rename)
        try files.rename(path, to: other)
    }

    func remove(_ path: String) throws(SpoolError) {
        try meet(.remove)
        try files.remove(path)
    }

    func removeDirectory(_ path: String) throws(SpoolError) {
        try meet(.remove)
        try files.removeDirectory(path)
    }
}
