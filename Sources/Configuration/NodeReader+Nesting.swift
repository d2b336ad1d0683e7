// Mappings and lists below a mapping.
extension NodeReader {
  /// Reads the mapping of `key` by `body`, or gives nil where the key is absent or no mapping.
  ///
  /// Unknown keys of the mapping are recorded when `body` returns.
  @discardableResult
  public func mapping<Result>(_ key: String, isOptional: Bool = false, _ body: (NodeReader) -> Result) -> Result? {
    read(key, expecting: "a mapping", isOptional: isOptional) { node in
      if case .mapping = node.content { child(node, body) } else { nil }
    }
  }

  /// Reads each entry of the mapping of `key`, where every value is itself a mapping, in the order of the file.
  public func mappings<Result>(
    byNameIn key: String, isOptional: Bool = false, _ body: (String, NodeReader) -> Result
  ) -> [Result] {
    entries(key, isOptional: isOptional).map { entry in child(entry.value) { body(entry.key, $0) } }
  }

  /// The entries of the mapping of `key`, in the order of the file.
  public func entries(_ key: String, isOptional: Bool = false) -> [ConfigurationNode.Entry] {
    read(key, expecting: "a mapping", isOptional: isOptional) { node in
      if case .mapping(let entries) = node.content { entries } else { nil }
    } ?? []
  }

  /// The items of the list of `key`.
  public func list(_ key: String, isOptional: Bool = false) -> [ConfigurationNode] {
    read(key, expecting: "a list", isOptional: isOptional) { node in
      if case .list(let items) = node.content { items } else { nil }
    } ?? []
  }

  /// Reads each item of the list of `key`, where every item is a mapping.
  public func mappings<Result>(in key: String, isOptional: Bool = false, _ body: (NodeReader) -> Result) -> [Result] {
    list(key, isOptional: isOptional).map { child($0, body) }
  }

  /// The texts of the list of `key`.
  public func strings(_ key: String, isOptional: Bool = false) -> [String] {
    list(key, isOptional: isOptional).compactMap { item in
      if item.text == nil {
        report(at: item.location, "an item of '\(key)' must be a text, not \(item.kindDescription)")
      }
      return item.text
    }
  }
}
