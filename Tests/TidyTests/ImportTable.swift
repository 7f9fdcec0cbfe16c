/// What each target may import. `docs/ARCHITECTURE.md` shows the same table with the reasons; the two
/// are compared.
enum ImportTable {
    struct Row {
        /// Targets of ours, system libraries included.
        let ours: Set<String>
        /// Modules from elsewhere, besides `everywhere`.
        var others: Set<String> = []
    }

    /// Modules every Swift target may import: what is always there.
    static let everywhere: Set<String> = ["Swift", "Synchronization", "Glibc"]

    /// Folders on the data path of targets that may import Foundation elsewhere.
    static let foldersWithoutFoundation = [
        "Sources/InferdServer/Connections", "Sources/InferdServer/IO", "Sources/InferdServer/Requests",
    ]

    static let systemLibraries: Set<String> = ["CProtobufC", "CLZ4", "CXXHash", "CRdKafka", "COpenSSL"]

    static let rows: [String: Row] = [
        "InferdBase": Row(ours: ["CLinux", "CLZ4", "CXXHash", "COpenSSL"]),
        "InferdWire": Row(ours: ["InferdBase", "CInferdProto"]),
        "InferdForecast": Row(ours: ["InferdBase"]),
        "InferdModels": Row(ours: ["InferdBase", "InferdForecast"], others: ["Yams", "FoundationEssentials"]),
        "InferdEngine": Row(ours: ["InferdBase", "COnnxRuntime"]),
        "InferdScheduler": Row(ours: ["InferdBase", "InferdWire", "InferdForecast", "InferdModels", "InferdEngine"]),
        "InferdJournal": Row(ours: ["InferdBase", "CLinux"]),
        "InferdKafka": Row(ours: ["InferdBase", "InferdWire", "InferdJournal", "CRdKafka"]),
        "InferdServer": Row(
            ours: [
                "InferdBase", "InferdWire", "InferdForecast", "InferdModels", "InferdEngine", "InferdScheduler",
                "InferdJournal", "InferdKafka", "CLinux",
            ], others: ["Logging", "Yams", "FoundationEssentials"]),
        "InferdClient": Row(ours: ["InferdBase", "InferdWire", "CLinux"]),
        "inferd": Row(
            ours: ["InferdBase", "InferdJournal", "InferdServer"],
            others: ["ArgumentParser", "Logging", "FoundationEssentials"]),
        "inferd-cli": Row(
            ours: ["InferdBase", "InferdWire", "InferdClient", "InferdForecast", "InferdJournal"],
            others: ["ArgumentParser", "FoundationEssentials"]),
        "inferd-bench": Row(
            ours: [
                "InferdBase", "InferdWire", "InferdForecast", "InferdModels", "InferdEngine", "InferdScheduler",
                "InferdJournal", "InferdKafka", "InferdServer", "InferdClient", "CLinux",
            ], others: ["ArgumentParser"]),
    ]

    /// Targets in C: who may be included is for the compiler's search paths to say.
    static let targetsInC: Set<String> = ["CLinux", "COnnxRuntime", "CInferdProto", "inferd-bench-echo"]
}
