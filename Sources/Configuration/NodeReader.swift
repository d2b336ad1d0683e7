/// Collects what is wrong while readers go on reading.
final class ProblemList {
  var problems: [ConfigurationError.Problem] = []
}

/// Reads the keys of one mapping with their types, and remembers everything that is wrong.
///
/// Reading never stops at a fault: a wrong or missing value is recorded and a placeholder returned, so that `finish()`
/// can report all faults of the file at once. Keys that were never asked for are unknown keys, so ask for every key
/// that the format has, whatever the others say.
///
/// ```swift
/// let reader = try ConfigurationDocument.load(path: path).reader()
/// let name = reader.string("feed")
/// let lateDays = reader.int("late-days", default: 35, in: 0...3650)
/// try reader.finish()
/// ```
public final class NodeReader {
  /// The mapping that is read.
  public let node: ConfigurationNode
  private let entries: [ConfigurationNode.Entry]
  private let problems: ProblemList
  private var askedKeys: Set<String> = []

  init(_ node: ConfigurationNode, problems: ProblemList) {
    self.node = node
    self.problems = problems
    switch node.content {
    case .mapping(let entries):
      self.entries = entries
    default:
      entries = []
      let found = node.content == .null ? "" : ", not \(node.kindDescription)"
      problems.problems.append(.init(node.location, "a mapping of keys to values is expected here\(found)"))
    }
  }

  /// Where the mapping begins.
  public var location: SourceLocation { node.location }
  /// The keys, in the order of the file.
  public var keys: [String] { entries.map(\.key) }

  /// The value of `key`, or nil where it is absent or null; marks the key as known.
  public func value(_ key: String) -> ConfigurationNode? {
    askedKeys.insert(key)
    guard let entry = entries.first(where: { $0.key == key }), entry.value.content != .null else { return nil }
    return entry.value
  }

  /// Whether the mapping has a value for `key`; marks the key as known.
  public func has(_ key: String) -> Bool { value(key) != nil }

  /// The place of the value of `key`, or of the mapping where the key is absent.
  public func location(of key: String) -> SourceLocation {
    entries.first { $0.key == key }?.value.location ?? node.location
  }

  /// Records a fault of the value of `key`.
  public func report(_ key: String, _ message: String) { report(at: location(of: key), message) }

  /// Records a fault at `location`.
  public func report(at location: SourceLocation, _ message: String) {
    problems.problems.append(.init(location, message))
  }

  /// The number of faults recorded so far, here or in any reader of the same document.
  public var problemCount: Int { problems.problems.count }

  /// Whether a fault has been recorded so far, here or in any reader of the same document.
  public var hasProblems: Bool { !problems.problems.isEmpty }

  /// Reads a value by `convert`; records a fault where it is absent (unless `isOptional`) or `convert` gives nil.
  public func read<Value>(
    _ key: String, expecting expectation: String, isOptional: Bool = false,
    _ convert: (ConfigurationNode) -> Value?
  ) -> Value? {
    guard let found = value(key) else {
      if !isOptional { report(at: node.location, "the key '\(key)' is missing: \(expectation) is expected") }
      return nil
    }
    guard let converted = convert(found) else {
      report(at: found.location, "'\(key)' must be \(expectation), not \(found.kindDescription)")
      return nil
    }
    return converted
  }

  /// Records every key that was not asked for. Children do this by themselves.
  func closeKeys() {
    for entry in entries where !askedKeys.contains(entry.key) {
      let unused = askedKeys.subtracting(entries.map(\.key))
      let near = Suggestion.nearest(to: entry.key, among: unused)
      let hint = near.map { "; did you mean '\($0)'?" } ?? Suggestion.clause(for: entry.key, among: askedKeys)
      report(at: entry.location, "unknown key '\(entry.key)'\(hint)")
    }
  }

  /// Throws all faults recorded for the document, unknown keys of this mapping included.
  public func finish() throws(ConfigurationError) {
    closeKeys()
    guard problems.problems.isEmpty else { throw ConfigurationError(problems.problems) }
  }

  /// Makes a reader of a mapping below this one, lets `body` read it, and records its unknown keys.
  public func child<Result>(_ node: ConfigurationNode, _ body: (NodeReader) -> Result) -> Result {
    let reader = NodeReader(node, problems: problems)
    defer {
      if case .mapping = node.content { reader.closeKeys() }
    }
    return body(reader)
  }
}
