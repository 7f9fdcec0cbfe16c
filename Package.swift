// swift-tools-version: 6.2

import PackageDescription

/// Settings every target of ours is held to.
let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

let cSettings: [CSetting] = [
    .unsafeFlags(["-Wall", "-Wextra", "-Werror"])
]

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func executable(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["InferdTestSupport"], exclude: exclude, resources: resources,
        swiftSettings: swiftSettings)
}

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// Set by `make fuzz`, which builds with libFuzzer linked in: declares the fuzz targets and what they need.
let isFuzzing = Context.environment["INFERD_FUZZ"] == "1"

let commandLineDependencies: [Target.Dependency] = [
    "InferdBase", "InferdWire", "InferdClient", "InferdForecast", "InferdJournal", argumentParser,
]

/// An executable's code can be tested but not fuzzed, a library's can.
let commandLine =
    isFuzzing
    ? Target.target(
        name: "inferd-cli", dependencies: commandLineDependencies, exclude: ["Main.swift"],
        swiftSettings: swiftSettings)
    : executable("inferd-cli", commandLineDependencies)

/// What a fuzz target does with an input. Without libFuzzer it is part of a test that replays the corpus.
let fuzzed: [Target.Dependency] = [
    "InferdBase", "InferdWire", "InferdModels", "InferdJournal", "InferdClient", "inferd-cli", "CGoogleDecoder",
]

let fuzzTargets: [Target] =
    isFuzzing
    ? [
        .target(
            name: "FuzzTargets", dependencies: fuzzed, path: "Tests/Fuzz/Targets", exclude: ["CorpusTests.swift"],
            swiftSettings: swiftSettings)
    ]
        + [
            "FuzzFrames", "FuzzEnvelope", "FuzzBodies", "FuzzReplies", "FuzzBundles", "FuzzFiles", "FuzzEvents",
        ].map { name in
            // libFuzzer brings the entry point.
            .executableTarget(
                name: name, dependencies: ["FuzzTargets"], path: "Tests/Fuzz/\(name)",
                swiftSettings: swiftSettings + [.unsafeFlags(["-parse-as-library"])])
        }
    : [
        .testTarget(name: "FuzzTests", dependencies: fuzzed, path: "Tests/Fuzz/Targets", swiftSettings: swiftSettings)
    ]

// The import table is explained in docs/ARCHITECTURE.md; the tidy test holds imports to it.
let package = Package(
    name: "inferd",
    products: [
        .executable(name: "inferd", targets: ["inferd"]),
        .executable(name: "inferd-bench", targets: ["inferd-bench"]),
        .executable(name: "inferd-bench-echo", targets: ["inferd-bench-echo"]),
        .library(name: "InferdClient", targets: ["InferdClient"]),
        // For tests: counts the allocations of a process that it is loaded into.
        .library(name: "inferd-allocation-counter", type: .dynamic, targets: ["CAllocationCounter"]),
    ] + (isFuzzing ? [] : [.executable(name: "inferd-cli", targets: ["inferd-cli"])]),
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C, fenced: one Swift file each is their only importer.
        .target(name: "CLinux", cSettings: cSettings),
        .target(name: "COnnxRuntime", cSettings: cSettings),
        .target(name: "CInferdProto", dependencies: ["CProtobufC"]),
        // The yardstick of the benchmarks: a plain C server of the same frames.
        .executableTarget(name: "inferd-bench-echo", cSettings: cSettings),
        .systemLibrary(name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

        library("InferdBase", ["CLinux", "CLZ4", "CXXHash", "COpenSSL"]),
        library("InferdWire", ["InferdBase", "CInferdProto"]),
        library("InferdForecast", ["InferdBase"]),
        library("InferdModels", ["InferdBase", "InferdForecast", yams]),
        library("InferdEngine", ["InferdBase", "COnnxRuntime"]),
        library("InferdScheduler", ["InferdBase", "InferdWire", "InferdForecast", "InferdModels", "InferdEngine"]),
        library("InferdJournal", ["InferdBase", "CLinux"]),
        library("InferdKafka", ["InferdBase", "InferdWire", "InferdJournal", "CRdKafka"]),
        library(
            "InferdServer",
            [
                "InferdBase", "InferdWire", "InferdForecast", "InferdModels", "InferdEngine", "InferdScheduler",
                "InferdJournal", "InferdKafka", "CLinux", logging, yams,
            ]),
        library("InferdClient", ["InferdBase", "InferdWire", "CLinux"]),

        executable("inferd", ["InferdServer", "InferdJournal", argumentParser, logging]),
        commandLine,
        executable(
            "inferd-bench",
            [
                "InferdBase", "InferdWire", "InferdForecast", "InferdModels", "InferdEngine", "InferdScheduler",
                "InferdJournal", "InferdKafka", "InferdServer", "InferdClient", "CLinux", argumentParser,
            ]),

        .target(
            name: "InferdTestSupport",
            dependencies: ["InferdBase", "InferdWire", "InferdEngine", "InferdClient", "CTestSupport"],
            path: "Tests/InferdTestSupport", swiftSettings: swiftSettings),
        .target(name: "CTestSupport", path: "Tests/CTestSupport", cSettings: cSettings),
        tests("InferdBaseTests", ["InferdBase", "CLinux"]),
        tests("InferdWireTests", ["InferdWire", "CInferdProto"]),
        tests("InferdForecastTests", ["InferdBase", "InferdForecast"]),
        tests("InferdModelsTests", ["InferdBase", "InferdForecast", "InferdModels"]),
        tests("InferdEngineTests", ["InferdBase", "InferdEngine"], exclude: ["Models"]),
        tests("InferdSchedulerTests", ["InferdScheduler"]),
        tests("InferdJournalTests", ["InferdBase", "InferdJournal", "CLinux"]),
        tests(
            "InferdKafkaTests",
            [
                "InferdBase", "InferdWire", "InferdJournal", "InferdKafka", "inferd-kafka-mock",
                "inferd-kafka-publish",
            ]),
        tests(
            "InferdServerTests",
            ["InferdServer", "InferdBase", "InferdWire", "InferdEngine", "InferdJournal", "InferdKafka", logging]),
        tests("InferdClientTests", ["InferdClient"]),
        tests("CommandTests", ["inferd-cli", "inferd-bench", "InferdBase", "InferdWire", "InferdJournal"]),
        tests(
            "IntegrationTests",
            [
                "InferdBase", "InferdWire", "InferdJournal", "InferdClient", "inferd", "inferd-cli",
                "inferd-kafka-mock",
            ], exclude: ["plain_client.py"]),
        // A broker that tests command: librdkafka's mock cluster in a process of its own.
        .executableTarget(
            name: "inferd-kafka-mock", dependencies: ["CRdKafka"], path: "Tests/inferd-kafka-mock",
            cSettings: cSettings),
        // A program of its own, so that it can be run with another librdkafka than the tests have.
        .executableTarget(
            name: "inferd-kafka-publish", dependencies: ["InferdBase", "InferdKafka"],
            path: "Tests/inferd-kafka-publish", swiftSettings: swiftSettings),
        // Reads the sources as text: needs nothing of ours, and builds when nothing else does.
        .testTarget(name: "TidyTests", swiftSettings: swiftSettings),
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter", cSettings: cSettings),
        // C++, for tests: Google's decoder, out of Debian's libprotobuf-dev.
        .target(
            name: "CGoogleDecoder", path: "Tests/Fuzz/CGoogleDecoder",
            cxxSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
            linkerSettings: [.linkedLibrary("protobuf")]),
    ] + fuzzTargets
)
