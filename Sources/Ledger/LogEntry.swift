public import Calendar

/// One entry of the log: what a stage read, made, retired and counted on a night.
public struct LogEntry: Sendable, Hashable {
  /// The stage of a night entry.
  public static let nightStage = "night"
  /// The stage of entry 1.
  public static let initStage = "init"

  /// The number in the file's name, from 1.
  public var sequence: Int
  /// The stage that committed.
  public var stage: String
  /// The night; 1970-01-01 for `init`.
  public var date: Day
  /// The idempotency key: equal keys, equal work.
  public var key: SHA256Digest
  /// What was read, ascending by name.
  public var materials: [Material]
  /// What was made, ascending by name; of a night, the log files that it closes.
  public var products: [Product]
  /// Names of products that are live no more, ascending; applied before the products.
  public var retired: [String]
  /// The deliveries of an ingest entry.
  public var files: [IntakeFile]
  /// Counts by name.
  public var counts: [String: Int64]
  /// What a person should know.
  public var warnings: [String]
  /// The digest over the configuration.
  public var configDigest: SHA256Digest
  /// Versions of whatever the bytes depend on.
  public var versions: [String: String]
  /// The seed, where the stage draws.
  public var seed: UInt64?
  /// The digest of the log file before; nil for entry 1.
  public var previous: SHA256Digest?

  /// The path of an entry's file below the home.
  public static func fileName(_ sequence: Int) -> String { "log/\(fileStem(sequence)).json" }

  /// The path of the file in which an entry is prepared.
  static func pendingFileName(_ sequence: Int) -> String { "log/.pending-\(fileStem(sequence)).json" }

  private static func fileStem(_ sequence: Int) -> String {
    let digits = String(sequence)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }

  /// The path of this entry's file below the home.
  public var fileName: String { LogEntry.fileName(sequence) }
}

/// What decides whether work was already done: everything that the products' bytes depend on.
struct WorkOrder: Sendable, Hashable {
  var stage: String
  var date: Day
  var materials: [Material]
  var configDigest: SHA256Digest
  var versions: [String: String]
  var seed: UInt64?

  /// SHA-256 over the canonical JSON of all of it.
  var key: SHA256Digest {
    var members: [String: CanonicalJSON] = [
      "configDigest": .string(configDigest.hex), "date": .string(date.description),
      "materials": .array(materials.map(\.json)), "stage": .string(stage),
      "versions": .object(versions.mapValues { .string($0) }),
    ]
    if let seed { members["seed"] = .string(String(seed)) }
    return SHA256Digest(of: CanonicalJSON.object(members).bytes)
  }
}
