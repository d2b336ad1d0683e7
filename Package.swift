// swift-tools-version: 6.2
import PackageDescription

// Set-up (Pipelines/setup.sh) unpacks the pinned Arrow wheel here before any swift command runs. The path is never
// probed: a manifest's result is cached, and a probe's old answer would stick.
let arrow = Context.packageDirectory + "/.arrow"

let house: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

extension Target {
  /// A room of the library: `Sources/<name>`, tested by `Tests/<name>Tests`.
  static func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: house)
  }

  /// A stage executable: `Sources/Stages/<verb>`, product `nightjar-<verb>`.
  static func stage(_ verb: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
      name: "nightjar-\(verb)", dependencies: ["Stage"] + dependencies + [arguments],
      path: "Sources/Stages/\(verb)", swiftSettings: house)
  }

  static func tests(of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
      name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude,
      swiftSettings: house)
  }
}

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let sqlite = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

let verbs = [
  "ingest", "twin", "train", "score", "decide", "export", "report", "audit", "synth",
]

let package = Package(
  name: "nightjar",
  products: verbs.map { .executable(name: "nightjar-\($0)", targets: ["nightjar-\($0)"]) }
    + [.executable(name: "nightjar", targets: ["nightjar"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Boundaries: C and C++ libraries, one importing room each.
    .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CCSV", providers: [.apt(["libcsv-dev"])]),
    .systemLibrary(name: "CProcess"),
    .target(name: "CScan"),
    .target(name: "CLogistic"),
    .target(name: "CSipHash"),
    .target(name: "CSHA256"),
    .target(name: "CTrees"),
    .systemLibrary(name: "CISAL", providers: [.apt(["libisal-dev"])]),
    .target(
      name: "ArrowBridge",
      cxxSettings: [.unsafeFlags(["-std=c++20", "-isystem", "\(arrow)/include"])],
      linkerSettings: [
        .unsafeFlags([
          "-L\(arrow)/lib", "-l:libparquet.so.2600", "-l:libarrow.so.2600",
          "-Xlinker", "-rpath", "-Xlinker", "\(arrow)/lib",
        ])
      ]),

    // Ground: what every room may stand on.
    .room("Calendar"),
    .room("Randomness"),
    .room("Parallelism"),
    .room("ElementaryFunctions"),
    .room("Configuration", ["Calendar", yaml]),

    // Formats: archives, records, columns, the signed log, the vault.
    .room("Delivery", ["CArchive", "CISAL"]),
    .room("CSV", ["CCSV", "CScan"]),
    .room("Columns", ["ArrowBridge"]),
    .room("Ledger", ["Calendar", crypto]),
    .room("Catalog", ["Ledger", "Calendar", sqlite]),
    .room("Datasets", ["Columns"]),
    .room("Vault", ["Ledger", "Columns", "Calendar", "Configuration", "Randomness", "CSHA256", crypto]),

    // Domain: the night, from deliveries to lists.
    .room(
      "Ingest",
      [
        "Delivery", "CSV", "Columns", "Ledger", "Datasets", "Vault", "Calendar", "Configuration", "Parallelism",
        "Randomness", "CSipHash",
      ]),
    .room(
      "Twins", ["Columns", "Ledger", "Datasets", "Calendar", "Configuration", "Parallelism", "ElementaryFunctions"]),
    .room(
      "Learning",
      [
        "CSV", "CLogistic", "CProcess", "CTrees", "Columns", "Ledger", "Datasets", "Twins", "Calendar", "Configuration",
        "Parallelism", "ElementaryFunctions", "Randomness",
      ]),
    .room(
      "Decisions",
      ["Columns", "Ledger", "Datasets", "Calendar", "Configuration", "Parallelism", "Randomness"]),
    .room(
      "Campaigns",
      ["Decisions", "CSV", "Columns", "Ledger", "Datasets", "Vault", "Calendar", "Configuration"]),
    .room("Reports", ["Columns", "Ledger", "Datasets", "Calendar", "Configuration"]),
    .room(
      "Synthetic", ["Columns", "Delivery", "Vault", "Calendar", "Configuration", "Parallelism", "Randomness"]),

    // Stages: what every process shares, then one small executable each.
    .room("Stage", ["CProcess", "Ledger", "Columns", "Configuration", "Calendar", arguments, logging]),
    .stage("ingest", ["Ingest"]),
    .stage("twin", ["Twins", "Ingest", "Columns", "Datasets", "Ledger", "Calendar"]),
    .stage("train", ["Learning", "Twins"]),
    .stage("score", ["Learning", "Twins"]),
    .stage("decide", ["Decisions"]),
    .stage("export", ["Campaigns"]),
    .stage("report", ["Reports"]),
    .stage("audit", ["Ledger"]),
    .stage("synth", ["Synthetic", "Learning", "Vault", "Calendar", "Parallelism"]),
    .executableTarget(
      name: "nightjar", dependencies: ["Stage", "Ledger", "Catalog", "Calendar", arguments],
      path: "Sources/Stages/nightjar", swiftSettings: house),

    .tests(of: "Calendar"),
    .tests(of: "Randomness"),
    .tests(of: "Parallelism"),
    .tests(of: "ElementaryFunctions"),
    .tests(of: "Configuration", ["Calendar"]),
    .tests(of: "Delivery", ["CArchive", "Parallelism"]),
    .tests(of: "CSV"),
    .tests(of: "Columns"),
    .tests(of: "Ledger", ["Calendar", "Randomness"]),
    .tests(of: "Catalog", ["Calendar", "Ledger", sqlite]),
    .tests(of: "Datasets"),
    .tests(of: "Vault", ["Ledger", "Calendar", "Columns", "Randomness"]),
    .tests(
      of: "Ingest",
      [
        "Delivery", "CSV", "Columns", "Ledger", "Datasets", "Vault", "Calendar", "Configuration", "Randomness",
        "Twins",
      ],
      exclude: ["Presets"]),
    .tests(of: "Twins"),
    .tests(of: "Learning", ["ElementaryFunctions", "Randomness"], exclude: ["LightGBM"]),
    .tests(of: "Decisions", ["Twins"]),
    .tests(of: "Campaigns"),
    .tests(of: "Reports"),
    .tests(of: "Synthetic", ["Delivery", "Calendar"]),
    // What any input must hold, for a fuzzer to look for and for the suite to keep: Tests/Fuzzing/README.md.
    .target(
      name: "FuzzChecks",
      dependencies: ["CSV", "Delivery", "Columns", "Ingest", "Vault", "Ledger", "Calendar", "Configuration"],
      path: "Tests/Fuzzing/Checks", swiftSettings: house),
    .testTarget(
      name: "FuzzingTests", dependencies: ["FuzzChecks"], path: "Tests/Fuzzing/Tests", swiftSettings: house),
    .testTarget(
      name: "StageTests",
      dependencies: verbs.map { .byName(name: "nightjar-\($0)") } + [
        "nightjar", "Stage", "Ledger", "Columns", "Calendar", "Configuration",
      ],
      exclude: ["cases"], swiftSettings: house),
  ],
  cxxLanguageStandard: .cxx20
)

// The fuzzer's program has libFuzzer's main function and is linked with its library, which only Pipelines/fuzz.sh does.
if Context.environment["NIGHTJAR_FUZZING"] == "1" {
  package.targets += [
    .systemLibrary(name: "CFuzzing", path: "Tests/Fuzzing/CFuzzing"),
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzChecks", "CFuzzing"], path: "Tests/Fuzzing/Runner", swiftSettings: house),
  ]
}
