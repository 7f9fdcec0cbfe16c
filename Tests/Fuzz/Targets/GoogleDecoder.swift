import CGoogleDecoder

/// Google's decoder; what is held against it must mean the same to it.
enum GoogleDecoder {
    /// The repository's `proto` directory.
    private static let schemas: Void = {
        let here = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        unsafe google_decoder_open((here.dropLast(4) + ["proto"]).joined(separator: "/"))
    }()

    /// What it reads in `bytes`, written again without unknown fields and in the order of the fields'
    /// numbers; nil: it refuses them.
    /// - Parameter type: a message of the package `inferd.v1`.
    static func canonical(
        _ bytes: [UInt8], as type: String, schema: google_schema = GOOGLE_SCHEMA_WHOLE
    ) -> [UInt8]? {
        _ = schemas
        var canonical: UnsafeRawPointer?
        var count = 0
        let isAccepted = unsafe bytes.withUnsafeBytes { buffer in
            unsafe google_decode(schema, type, buffer.baseAddress, buffer.count, &canonical, &count)
        }
        // It lasts until this thread's next call.
        return isAccepted ? unsafe Array(UnsafeRawBufferPointer(start: canonical, count: count)) : nil
    }
}
