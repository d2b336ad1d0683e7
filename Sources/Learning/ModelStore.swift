package import Columns
package import FoundationEssentials
package import Ledger

/// A churn model of the data home: a folder `data/models/churn/vNNNN` with one file a role.
package struct ModelVersion: Sendable, Hashable {
  /// Where churn models lie.
  package static let folder = "data/models/churn"

  /// The number, from 1.
  package let number: Int
  /// The live files.
  package let products: [Product]
  /// The entry that made it.
  package let entry: LogEntry

  /// The name of a version: `v0001`.
  package static func name(_ number: Int) -> String {
    let digits = String(number)
    return "v" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// The version as scores name it: `churn/v0001`.
  package var label: String { "churn/\(ModelVersion.name(number))" }

  /// The newest live version, or nil.
  package static func newest(_ state: LiveState) -> ModelVersion? { all(state).last }

  /// Every live version, ascending by number.
  package static func all(_ state: LiveState) -> [ModelVersion] {
    var versions: [Int: [Product]] = [:]
    for product in state.products(under: folder) {
      let part = product.name.dropFirst(folder.count + 1).prefix { $0 != "/" }
      guard part.first == "v", let number = Int(part.dropFirst()) else { continue }
      versions[number, default: []].append(product)
    }
    var makers: [String: LogEntry] = [:]
    for entry in state.entries {
      for product in entry.products where product.name.hasPrefix(folder + "/") { makers[product.name] = entry }
    }
    return versions.sorted { $0.key < $1.key }.compactMap { number, products in
      makers[products[0].name].map { ModelVersion(number: number, products: products, entry: $0) }
    }
  }

  /// The file of a role: model, logistic, calibration, metrics, reference, decision, predictions, card, and those of the further
  /// horizons.
  package func product(_ role: String, ext: String? = nil) throws(LearningError) -> Product {
    guard let found = productIfAny(role, ext: ext) else {
      throw LearningError(.damagedModel, "\(label) has no file of the role \(role); train again with --force")
    }
    return found
  }

  /// The file of a role, or nil where versions of its time had none.
  package func productIfAny(_ role: String, ext: String? = nil) -> Product? {
    products.first { product in
      guard let name = product.name.split(separator: "/").last, name.hasPrefix(role + "-") else { return false }
      return ext.map { name.hasSuffix("." + $0) } ?? true
    }
  }

  /// The bytes of the file of a role; its digest is compared with the log.
  package func bytes(_ role: String, ext: String? = nil, home: Home) throws(LearningError) -> Data {
    try bytes(of: product(role, ext: ext), home: home)
  }

  /// The bytes of a file of the version; its digest is compared with the log.
  func bytes(of product: Product, home: Home) throws(LearningError) -> Data {
    guard let data = try? Data(contentsOf: URL(filePath: home.url(product.name))) else {
      throw LearningError(.missingModel, "\(product.name) cannot be read; restore it or train again with --force")
    }
    guard SHA256Digest(of: Array(data)) == product.digest else {
      throw LearningError(
        .damagedModel, "\(product.name) is not what the log says; restore it or train again with --force")
    }
    return data
  }

  /// Reads the JSON file of a role.
  ///
  /// - Parameter saysItsFormat: whether the file has a version of its format; where not, a missing key is taken for a sign of age.
  /// - Throws: `olderFormat`, naming the key, where one is missing; `damagedModel` for what is not as the format says.
  package func decoded<Value: Decodable>(
    _ type: Value.Type, _ role: String, ext: String? = nil, home: Home, saysItsFormat: Bool = false
  ) throws(LearningError) -> Value {
    let data = try bytes(role, ext: ext, home: home)
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch DecodingError.keyNotFound(let key, let context) where !saysItsFormat {
      let path = (context.codingPath + [key]).map(\.stringValue).joined(separator: ".")
      throw LearningError(
        .olderFormat,
        "the file of the role \(role) of \(label) lacks the key \(path): the version was trained before there was one; "
          + "train a new version")
    } catch {
      throw LearningError(.damagedModel, "the file of the role \(role) of \(label) is not what its format says")
    }
  }

  /// Reads the Parquet file of a role; its digest is compared with the log.
  package func table(_ role: String, home: Home) throws -> Table {
    let product = try product(role)
    _ = try bytes(role, home: home)
    return try ParquetFile.read(home.url(product.name))
  }

  /// Reads the models; every file's digest is compared with the log.
  package func load(home: Home) throws -> ChurnModels {
    ChurnModels(
      gradient: try BoostedModel(lightGBMText: String(decoding: bytes("model", home: home), as: UTF8.self)),
      logistic: try decoded(LogisticModel.self, "logistic", home: home),
      calibration: try decoded(ChurnModels.CalibrationFile.self, "calibration", home: home))
  }

  /// Sorted, readable JSON with a line feed at its end.
  package static func json(_ value: some Encodable) throws(LearningError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    } catch {
      throw LearningError(.cannotTrain, "a number of the model is not finite, so it cannot be written")
    }
  }

  /// Writes a text file.
  package static func write(_ text: String, to path: String) throws(LearningError) {
    do {
      try Data(text.utf8).write(to: URL(filePath: path))
    } catch {
      throw LearningError(.inputOutput, "\(path) cannot be written")
    }
  }
}
