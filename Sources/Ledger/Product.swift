/// A file that an entry of the log names.
public struct Product: Sendable, Hashable {
  /// The path below the home.
  public let name: String
  /// The digest of the bytes.
  public let digest: SHA256Digest
  /// The size in bytes.
  public let byteCount: Int64
  /// The number of rows, where the file is a table.
  public let rowCount: Int64?

  /// Makes a product.
  public init(name: String, digest: SHA256Digest, byteCount: Int64, rowCount: Int64? = nil) {
    self.name = name
    self.digest = digest
    self.byteCount = byteCount
    self.rowCount = rowCount
  }

  /// The dataset that the path says: `facts/usage`, `twins/subscription`, `scores`; nil outside of the datasets.
  public var dataset: String? {
    let parts = name.split(separator: "/")
    guard parts.count >= 3, parts[0] == "data", parts[1] != "models" else { return nil }
    for prefix in ["feed=", "entity="] where parts[2].hasPrefix(prefix) {
      return "\(parts[1])/\(parts[2].dropFirst(prefix.count))"
    }
    return String(parts[1])
  }

  /// The hive partition that the path says, `date` to `2026-11-22` and the like; without the dataset's own part.
  public var partition: [String: String] {
    var partition: [String: String] = [:]
    for part in name.split(separator: "/").dropLast() {
      guard let equals = part.firstIndex(of: "=") else { continue }
      let key = String(part[..<equals])
      if key != "feed" && key != "entity" { partition[key] = String(part[part.index(after: equals)...]) }
    }
    return partition
  }
}

/// An input of an entry: a delivery, an earlier product, a configuration file.
public struct Material: Sendable, Hashable {
  /// A delivery's file name, a product's path, a configuration file's path.
  public let name: String
  /// The digest of the bytes.
  public let digest: SHA256Digest

  /// Makes a material.
  public init(name: String, digest: SHA256Digest) {
    self.name = name
    self.digest = digest
  }

  /// Makes a material of an earlier product.
  public init(_ product: Product) { self.init(name: product.name, digest: product.digest) }
}

/// What a commit calls a file in its final folder.
public enum ProductFileName: Sendable, Hashable {
  /// `<sha256>.<ext>`: datasets.
  case digest(ext: String)
  /// `<role>-<sha256>.<ext>`: the parts of a model.
  case role(String, ext: String)
  /// The name itself; the folder's name must then hold a digest, so that no other content can want the same path.
  case plain(String)

  /// The name for some content.
  func text(_ digest: SHA256Digest) -> String {
    switch self {
    case .digest(let ext): "\(digest.hex).\(ext)"
    case .role(let role, let ext): "\(role)-\(digest.hex).\(ext)"
    case .plain(let name): name
    }
  }
}
