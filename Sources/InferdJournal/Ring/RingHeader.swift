internal import Glibc
internal import InferdBase

/// What a ring's header page says once and for all.
struct RingHeader {
    let identity: RingIdentity
    let capacity: Int

    init(identity: RingIdentity, capacity: Int) {
        self.identity = identity
        self.capacity = capacity
    }

    /// Reads and checks the header of a file, and the file's size against it. A shorter file is accepted:
    /// what it holds is whole records as far as they go.
    init(readingFrom descriptor: Int32) throws(RingError) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(call: "fstat", code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notARing }
        var constants = [UInt8](repeating: 0, count: RingLayout.constantsCheckOffset + 4)
        let length = unsafe constants.withUnsafeMutableBytes { buffer in
            unsafe pread(descriptor, buffer.baseAddress, buffer.count, 0)
        }
        guard length >= 0 else { throw .system(call: "pread", code: errno) }
        guard length == constants.count else { throw .notARing }
        unsafe try self.init(reading: constants.span.bytes)
        let expected = RingLayout.headerPageBytes + capacity
        let bytes = Int(status.st_size)
        guard bytes >= RingLayout.headerPageBytes else { throw .damagedHeader }
        guard bytes <= expected else { throw .wrongSize(bytes: bytes, expected: expected) }
    }

    private init(reading constants: RawSpan) throws(RingError) {
        func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value {
            unsafe constants.unsafeLoadUnaligned(fromByteOffset: offset, as: type)
        }
        guard load(RingLayout.magicOffset, as: UInt64.self) == RingLayout.magic else { throw .notARing }
        let version = load(RingLayout.versionOffset, as: UInt32.self)
        guard version == RingLayout.version else { throw .unknownVersion(version) }
        let covered = constants.extracting(first: RingLayout.constantsCheckOffset)
        let capacity = load(RingLayout.capacityOffset, as: UInt64.self)
        guard load(RingLayout.constantsCheckOffset, as: UInt32.self) == CRC32C(of: covered).value,
            let capacity = Int(exactly: capacity), RingLayout.isValid(capacity: capacity)
        else { throw .damagedHeader }
        let bootID = BootID(
            high: load(RingLayout.bootIDHighOffset, as: UInt64.self),
            low: load(RingLayout.bootIDLowOffset, as: UInt64.self))
        self.init(
            identity: RingIdentity(bootID: bootID, producer: load(RingLayout.producerOffset, as: UInt32.self)),
            capacity: capacity)
    }

    /// Writes the header of an empty ring; all bytes are zero before.
    /// - Parameter base: of the header page, writable.
    @unsafe
    func write(to base: UnsafeMutableRawPointer) {
        unsafe base.storeBytes(of: RingLayout.magic, toByteOffset: RingLayout.magicOffset, as: UInt64.self)
        unsafe base.storeBytes(of: RingLayout.version, toByteOffset: RingLayout.versionOffset, as: UInt32.self)
        unsafe base.storeBytes(of: identity.producer, toByteOffset: RingLayout.producerOffset, as: UInt32.self)
        unsafe base.storeBytes(of: UInt64(capacity), toByteOffset: RingLayout.capacityOffset, as: UInt64.self)
        unsafe base.storeBytes(
            of: identity.bootID.high, toByteOffset: RingLayout.bootIDHighOffset, as: UInt64.self)
        unsafe base.storeBytes(of: identity.bootID.low, toByteOffset: RingLayout.bootIDLowOffset, as: UInt64.self)
        unsafe base.storeBytes(of: ~0, toByteOffset: RingLayout.headComplementOffset, as: UInt64.self)
        let covered = unsafe RawSpan(_unsafeStart: base, byteCount: RingLayout.constantsCheckOffset)
        unsafe base.storeBytes(
            of: CRC32C(of: covered).value, toByteOffset: RingLayout.constantsCheckOffset, as: UInt32.self)
    }

    /// With which the check of each of the ring's records begins: the CRC-32C of producer and boot id, as the
    /// header page holds them.
    var identityCheck: UInt32 {
        let words: InlineArray<3, UInt64> = [
            UInt64(identity.producer), identity.bootID.high, identity.bootID.low,
        ]
        return unsafe CRC32C(of: words.span.bytes).value
    }
}
