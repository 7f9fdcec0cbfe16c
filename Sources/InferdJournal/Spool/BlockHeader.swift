internal import InferdBase

/// What stands before a block's data. It has a checksum of its own, so that its lengths can be trusted
/// when its data is damaged: then exactly this block is lost, and how many records with it is known.
package struct BlockHeader: Equatable, Sendable {
    /// The segment's mark.
    var mark: UInt64
    /// Rises by one from block to block, across segments and lives of the daemon.
    package var number: UInt64
    /// Microseconds since 1970-01-01T00:00:00Z when the block was written. Nothing is ordered by it.
    package var createdMicroseconds: Int64
    package var recordCount: UInt32
    /// Bytes of the data, uncompressed.
    var rawBytes: UInt32
    /// Bytes of the data as they lie in the file: an LZ4 block, unless there are as many as uncompressed.
    var storedBytes: UInt32
    /// Of the data as it lies in the file.
    var dataChecksum: UInt32

    /// Whether the data lies in the file as it is.
    var isStoredRaw: Bool { storedBytes == rawBytes }

    /// Bytes of header and data.
    var totalBytes: Int { SpoolFormat.blockHeaderBytes + Int(storedBytes) }

    /// Writes the header over the bytes at `offset`, which are there.
    func store(into target: inout OwnedBytes, at offset: Int) {
        target.storeLittleEndian(SpoolFormat.blockMagic, at: offset)
        target.storeLittleEndian(mark, at: offset + 8)
        target.storeLittleEndian(number, at: offset + 16)
        target.storeLittleEndian(createdMicroseconds, at: offset + 24)
        target.storeLittleEndian(recordCount, at: offset + 32)
        target.storeLittleEndian(rawBytes, at: offset + 36)
        target.storeLittleEndian(storedBytes, at: offset + 40)
        target.storeLittleEndian(dataChecksum, at: offset + 44)
        let checksum = target.checksum(of: offset + 8..<offset + SpoolFormat.blockHeaderBytes)
        target.storeLittleEndian(checksum, at: offset + 4)
    }
}

extension BlockHeader {
    /// Reads a header from the front of `bytes`. Nil: these bytes are none, or hold what cannot be.
    init?(decoding bytes: RawSpan) {
        guard bytes.byteCount >= SpoolFormat.blockHeaderBytes,
            bytes.littleEndian(at: 0, as: UInt32.self) == SpoolFormat.blockMagic
        else { return nil }
        let checked = bytes.extracting(8..<SpoolFormat.blockHeaderBytes)
        guard bytes.littleEndian(at: 4, as: UInt32.self) == CRC32C(of: checked).value else { return nil }
        self.init(
            mark: bytes.littleEndian(at: 8), number: bytes.littleEndian(at: 16),
            createdMicroseconds: bytes.littleEndian(at: 24), recordCount: bytes.littleEndian(at: 32),
            rawBytes: bytes.littleEndian(at: 36), storedBytes: bytes.littleEndian(at: 40),
            dataChecksum: bytes.littleEndian(at: 44))
        guard isPossible else { return nil }
    }

    /// Whether a writer could have meant this. A checksum guards against accidents only; what is done with
    /// these numbers must be bounded whoever wrote them.
    private var isPossible: Bool {
        number > 0 && number <= SpoolFormat.maximumBlockNumber
            && rawBytes <= SpoolFormat.maximumRawBytes && storedBytes > 0 && storedBytes <= rawBytes
            && LZ4Block.isPlausible(compressed: Int(storedBytes), uncompressed: Int(rawBytes))
            && recordCount > 0 && Int(recordCount) <= Int(rawBytes) / SpoolFormat.recordHeaderBytes
    }
}
