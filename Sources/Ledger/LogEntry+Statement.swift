import Calendar

// An entry as an in-toto Statement v1 and back: the payload of the envelope (Manifest.md).
extension LogEntry {
  private static let statementType = "https://in-toto.io/Statement/v1"
  private static let predicateType = "urn:nightjar:commit:v1"

  /// The statement's bytes.
  package var statementBytes: [UInt8] {
    var predicate: [String: CanonicalJSON] = [
      "configDigest": .string(configDigest.hex), "counts": .object(counts.mapValues { .integer($0) }),
      "date": .string(date.description), "files": .array(files.map(\.json)), "key": .string(key.hex),
      "materials": .array(materials.map(\.json)), "retired": .array(retired.map { .string($0) }),
      "sequence": .integer(Int64(sequence)), "stage": .string(stage),
      "versions": .object(versions.mapValues { .string($0) }), "warnings": .array(warnings.map { .string($0) }),
    ]
    if let seed { predicate["seed"] = .string(String(seed)) }
    if let previous { predicate["previous"] = .string(previous.hex) }
    let statement = CanonicalJSON.object([
      "_type": .string(LogEntry.statementType), "predicate": .object(predicate),
      "predicateType": .string(LogEntry.predicateType), "subject": .array(products.map(\.json)),
    ])
    return statement.bytes
  }

  /// Reads a statement; nil where its bytes are not exactly those that writing would give.
  package init?(statement bytes: [UInt8]) {
    guard let json = CanonicalJSON(reading: bytes), let predicate = json["predicate"],
      let sequence = predicate["sequence"]?.integerValue, let stage = predicate["stage"]?.stringValue,
      let date = predicate["date"]?.stringValue.flatMap({ Day($0) }), let key = predicate.digest("key"),
      let configDigest = predicate.digest("configDigest"),
      let materials = predicate["materials"]?.list(Material.init(json:)),
      let products = json["subject"]?.list(Product.init(json:)),
      let retired = predicate["retired"]?.list(\.stringValue),
      let files = predicate["files"]?.list({ IntakeFile($0) }),
      let counts = predicate["counts"]?.dictionary(\.integerValue),
      let warnings = predicate["warnings"]?.list(\.stringValue),
      let versions = predicate["versions"]?.dictionary(\.stringValue)
    else { return nil }
    self.init(
      sequence: Int(sequence), stage: stage, date: date, key: key, materials: materials, products: products,
      retired: retired, files: files, counts: counts, warnings: warnings, configDigest: configDigest,
      versions: versions, seed: predicate["seed"]?.stringValue.flatMap { UInt64($0) },
      previous: predicate.digest("previous"))
    // Types, unknown members and orders that were not looked at above all show here.
    guard statementBytes == bytes else { return nil }
  }
}

extension Material {
  /// The resource descriptor.
  var json: CanonicalJSON { .object(["digest": .object(["sha256": .string(digest.hex)]), "name": .string(name)]) }

  init?(json: CanonicalJSON) {
    guard let name = json["name"]?.stringValue, let digest = json["digest"]?.digest("sha256") else { return nil }
    self.init(name: name, digest: digest)
  }
}

extension Product {
  /// The resource descriptor.
  var json: CanonicalJSON {
    var annotations: [String: CanonicalJSON] = ["byteCount": .integer(byteCount)]
    if let rowCount { annotations["rowCount"] = .integer(rowCount) }
    return .object([
      "annotations": .object(annotations), "digest": .object(["sha256": .string(digest.hex)]), "name": .string(name),
    ])
  }

  init?(json: CanonicalJSON) {
    guard let name = json["name"]?.stringValue, let digest = json["digest"]?.digest("sha256"),
      let byteCount = json["annotations"]?["byteCount"]?.integerValue
    else { return nil }
    self.init(
      name: name, digest: digest, byteCount: byteCount, rowCount: json["annotations"]?["rowCount"]?.integerValue)
  }
}

extension CanonicalJSON {
  /// The digest that a member spells.
  fileprivate func digest(_ key: String) -> SHA256Digest? {
    self[key]?.stringValue.flatMap(SHA256Digest.init(hex:))
  }

  /// Every element read; nil where one cannot be.
  fileprivate func list<Element>(_ read: (CanonicalJSON) -> Element?) -> [Element]? {
    guard let values = arrayValue else { return nil }
    let elements = values.compactMap(read)
    return elements.count == values.count ? elements : nil
  }

  /// Every member read; nil where one cannot be.
  fileprivate func dictionary<Value>(_ read: (CanonicalJSON) -> Value?) -> [String: Value]? {
    guard let members = objectValue else { return nil }
    let values = members.compactMapValues(read)
    return values.count == members.count ? values : nil
  }
}
