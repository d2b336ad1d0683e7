/// A value of a configuration file with its place.
public struct ConfigurationNode: Sendable, Hashable {
  /// What a node holds.
  public enum Content: Sendable, Hashable {
    /// Nothing: `~`, `null` or no text at all.
    case null
    /// Text as written; `isPlain` where it stands without quotes and so may be a number, a flag or a day.
    case scalar(String, isPlain: Bool)
    /// A list.
    case list([ConfigurationNode])
    /// Keys with values, in the order of the file; keys are unique.
    case mapping([Entry])
  }

  /// A key with its value.
  public struct Entry: Sendable, Hashable {
    /// The key.
    public var key: String
    /// The place of the key.
    public var location: SourceLocation
    /// The value.
    public var value: ConfigurationNode
  }

  /// Where the node begins.
  public let location: SourceLocation
  /// What it holds.
  public let content: Content

  /// Makes a node.
  public init(_ location: SourceLocation, _ content: Content) {
    self.location = location
    self.content = content
  }

  /// The kind of value, as messages name it: `a number`, `a text`, `a list`, `a mapping`, `nothing`.
  public var kindDescription: String {
    switch content {
    case .null: "nothing"
    case .list: "a list"
    case .mapping: "a mapping"
    case .scalar(let text, let isPlain):
      if isPlain, Double(text) != nil {
        "a number"
      } else if isPlain, flag != nil {
        "true or false"
      } else {
        "a text"
      }
    }
  }

  /// The text of a scalar, or nil.
  public var text: String? {
    guard case .scalar(let text, _) = content else { return nil }
    return text
  }

  /// The unquoted text of a scalar, or nil.
  var plainText: String? {
    guard case .scalar(let text, isPlain: true) = content else { return nil }
    return text
  }

  /// The flag that an unquoted `true` or `false` says, or nil.
  var flag: Bool? {
    switch plainText {
    case "true": true
    case "false": false
    default: nil
    }
  }
}
