import FoundationEssentials

/// Finds the paths at which the objects of a sample have plain values: `ticket`, `customer.subscription`.
struct JSONPathCollector {
  /// Lines that are objects.
  private(set) var objectCount = 0
  /// Lines that are something else.
  private(set) var faultCount = 0
  private var found: Set<[[UInt8]]> = []
  /// Paths that lead to an object or a list in one line, and to a value in another: no feed can map them.
  private var nested: Set<[[UInt8]]> = []

  /// The most lines that are looked at for paths.
  static let lineLimit = 500

  /// The paths in the order of their bytes.
  var paths: [[[UInt8]]] {
    let sound = found.subtracting(nested).sorted {
      $0.lexicographicallyPrecedes($1) { $0.lexicographicallyPrecedes($1) }
    }
    return Array(sound.prefix(SampleTable.columnLimit))
  }

  /// Looks at the lines of a text.
  mutating func read(_ text: [UInt8]) {
    for line in text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) where objectCount + faultCount < Self.lineLimit
    {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
      if let value = try? JSONDecoder().decode(Value.self, from: Data(line)), case .object(let members) = value {
        objectCount += 1
        collect(members, [])
      } else {
        faultCount += 1
      }
    }
  }

  /// Looks at a whole JSON document: at the objects of its longest list; the path of that list, or nil where there is none.
  mutating func read(document: [UInt8]) -> [[UInt8]]? {
    guard let value = try? JSONDecoder().decode(Value.self, from: Data(document)) else { return nil }
    var lists: [(path: [[UInt8]], objects: [[String: Value]])] = []
    JSONPathCollector.findLists(value, [], &lists)
    let best = lists.max { a, b in
      a.objects.count != b.objects.count
        ? a.objects.count < b.objects.count : b.path.joined().lexicographicallyPrecedes(a.path.joined())
    }
    guard let best, !best.objects.isEmpty else { return nil }
    for object in best.objects.prefix(Self.lineLimit) {
      objectCount += 1
      collect(object, [])
    }
    return best.path
  }

  /// Whether a key means itself in a path.
  private static func isPlain(_ key: String) -> Bool { !key.isEmpty && !key.contains(".") && !key.hasPrefix("[") }

  private static func findLists(
    _ value: Value, _ path: [[UInt8]], _ lists: inout [(path: [[UInt8]], objects: [[String: Value]])]
  ) {
    switch value {
    case .list(let items):
      lists.append((path, items.compactMap { if case .object(let members) = $0 { members } else { nil } }))
    case .object(let members) where path.count < JSONScanner.depthLimit:
      for (key, inner) in members where isPlain(key) {
        findLists(inner, path + [Array(key.utf8)], &lists)
      }
    default: break
    }
  }

  private mutating func collect(_ members: [String: Value], _ prefix: [[UInt8]]) {
    guard prefix.count < JSONScanner.depthLimit - 1 else { return }
    for (key, value) in members where Self.isPlain(key) {
      let path = prefix + [Array(key.utf8)]
      switch value {
      case .object(let inner):
        nested.insert(path)
        collect(inner, path)
      case .list: nested.insert(path)
      case .plain: found.insert(path)
      }
      if found.count > SampleTable.columnLimit { return }
    }
  }

  private enum Value: Decodable {
    case object([String: Value])
    case list([Value])
    case plain

    init(from decoder: any Decoder) throws {
      if let object = try? [String: Value](from: decoder) {
        self = .object(object)
      } else if let items = try? [Value](from: decoder) {
        self = .list(items)
      } else {
        self = .plain
      }
    }
  }
}
