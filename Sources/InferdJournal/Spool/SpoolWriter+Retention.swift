extension SpoolWriter {
    /// Deletes segments whose youngest block is too old. What cannot be deleted now is tried again at the next
    /// call, and counted.
    package mutating func deleteExpired(now: SpoolInstant) {
        guard let maximumAge = configuration.maximumAgeMicroseconds else { return }
        let count = catalog.expiredCount(now: now.wallMicroseconds, maximumAge: maximumAge)
        for _ in 0..<count {
            do throws(SpoolError) {
                try deleteOldest()
            } catch {
                counters.failedUpkeep += 1
                return
            }
        }
        checkInvariants()
    }

    /// Deletes the oldest segments until `bytes` more fit the bound.
    mutating func makeRoom(for bytes: Int) throws(SpoolError) {
        while let oldest = catalog.oldest, catalog.bytes + bytes > configuration.maximumBytes {
            if configuration.overflow == .refuses, oldest.pendingRecords > 0 {
                throw .boundReached(maximumBytes: configuration.maximumBytes)
            }
            try deleteOldest()
        }
    }

    /// Deletes the segments that were drained as a whole. What cannot be deleted now is tried again at the
    /// next call, and counted.
    mutating func deleteDrained() {
        while let oldest = catalog.oldest, oldest.lastBlock <= cursor.drainedThrough {
            // The open segment grows still.
            if segment?.name == oldest.name { return }
            do throws(SpoolError) {
                // What was never given out, although it was counted when it was written, has been damaged since.
                counters.damagedRecords += try removeOldest().pendingRecords
            } catch {
                counters.failedUpkeep += 1
                return
            }
            counters.drainedSegments += 1
        }
    }

    private mutating func deleteOldest() throws(SpoolError) {
        if let open = segment, open.name == catalog.oldest?.name { endSegment() }
        let removed = try removeOldest()
        counters.deletedSegments += 1
        counters.deletedRecords += removed.pendingRecords
        counters.deletedBytes += removed.bytes
    }

    /// Removes the file of the oldest segment, and its hour's directory after the last of the hour.
    private mutating func removeOldest() throws(SpoolError) -> SegmentSummary {
        guard let oldest = catalog.oldest else { preconditionFailure("there is no segment") }
        // Without a segment the cursor alone tells which numbers were given.
        if catalog.segments.count == 1 { try saveCursor() }
        try files.removeIfPresent(oldest.name.path)
        _ = catalog.removeOldest()
        if !catalog.holds(oldest.name.hour) {
            // Fails when somebody put a file there, who then may keep it.
            try? files.removeDirectory(oldest.name.hour.name)
        }
        return oldest
    }
}
