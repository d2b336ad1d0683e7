import FoundationEssentials
import Yams

/// A configuration file read whole: its bytes and its tree of located values.
///
/// The language is YAML 1.1 as libyaml reads it, one document a file. Aliases are followed; a file that grows beyond
/// `nodeLimit` values by them is refused.
public struct ConfigurationDocument: Sendable {
  /// The path as it was given; it stands in every message.
  public let path: String
  /// The file's bytes, for the digest that manifests record.
  public let bytes: [UInt8]
  /// The file's value.
  public let root: ConfigurationNode

  /// The most values that a file may hold once aliases are followed: a bound against alias bombs.
  public static let nodeLimit = 1_000_000
  /// The deepest nesting that is followed.
  public static let depthLimit = 64

  /// Reads the file at `path`.
  ///
  /// Throws where the file cannot be read, is not UTF-8, breaks YAML's grammar, or repeats a key.
  public static func load(path: String) throws(ConfigurationError) -> ConfigurationDocument {
    let content: Data
    do {
      content = try Data(contentsOf: URL(filePath: path))
    } catch {
      let isPresent = FileManager.default.fileExists(atPath: path)
      throw ConfigurationError(
        SourceLocation(file: path), isPresent ? "the file cannot be read" : "there is no such file")
    }
    return try ConfigurationDocument(path: path, bytes: Array(content))
  }

  /// Reads `bytes` as the file `path`.
  public init(path: String, bytes: [UInt8]) throws(ConfigurationError) {
    let start = SourceLocation(file: path, line: 1, column: 1)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationError(start, "the file is not UTF-8")
    }
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw Self.located(error, path: path)
    }
    self.path = path
    self.bytes = bytes
    guard let node else {
      root = ConfigurationNode(start, .null)
      return
    }
    var tree = TreeBuilder(path: path)
    root = try tree.build(node, depth: 0)
  }

  private init(path: String, bytes: [UInt8], root: ConfigurationNode) {
    self.path = path
    self.bytes = bytes
    self.root = root
  }

  /// The same file with another tree, such as its own completed by defaults; values keep their places.
  public func replacingRoot(with root: ConfigurationNode) -> ConfigurationDocument {
    ConfigurationDocument(path: path, bytes: bytes, root: root)
  }

  /// A reader of the file's top-level mapping; `finish()` throws everything found wrong.
  public func reader() -> NodeReader { NodeReader(root, problems: ProblemList()) }

  private static func located(_ error: any Error, path: String) -> ConfigurationError {
    func at(_ mark: Mark?) -> SourceLocation {
      SourceLocation(file: path, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }
    switch error {
    case YamlError.scanner(let context, let problem, let mark, _),
      YamlError.parser(let context, let problem, let mark, _),
      YamlError.composer(let context, let problem, let mark, _):
      let place = context.map { " (\($0.text), line \($0.mark.line))" } ?? ""
      return ConfigurationError(at(mark), problem + place)
    case YamlError.duplicatedKeysInMapping(let duplicates, let context):
      return ConfigurationError(
        duplicates.map { ConfigurationError.Problem(at(context.mark), "the key '\($0)' is given more than once") })
    case YamlError.reader(let problem, _, _, _):
      return ConfigurationError(at(nil), "the file is not readable YAML: \(problem)")
    default:
      return ConfigurationError(at(nil), "the file is not readable YAML")
    }
  }
}

/// Turns Yams's nodes into located values, within the limits.
private struct TreeBuilder {
  let path: String
  var nodeCount = 0

  mutating func build(_ node: Node, depth: Int) throws(ConfigurationError) -> ConfigurationNode {
    let location = SourceLocation(file: path, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    nodeCount += 1
    guard nodeCount <= ConfigurationDocument.nodeLimit, depth <= ConfigurationDocument.depthLimit else {
      throw ConfigurationError(location, "the file holds too many values or nests too deeply")
    }
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain || scalar.style == .any
      let isNull = isPlain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
      return ConfigurationNode(location, isNull ? .null : .scalar(scalar.string, isPlain: isPlain))
    case .sequence(let sequence):
      var items: [ConfigurationNode] = []
      for item in sequence { items.append(try build(item, depth: depth + 1)) }
      return ConfigurationNode(location, .list(items))
    case .mapping(let mapping):
      var entries: [ConfigurationNode.Entry] = []
      for (key, value) in mapping {
        guard let name = key.scalar?.string else {
          throw ConfigurationError(location, "a key is a text, never a list or a mapping")
        }
        let place = SourceLocation(file: path, line: key.mark?.line ?? 1, column: key.mark?.column ?? 1)
        entries.append(.init(key: name, location: place, value: try build(value, depth: depth + 1)))
      }
      return ConfigurationNode(location, .mapping(entries))
    case .alias:
      throw ConfigurationError(location, "the alias has no value")
    }
  }
}
