import Columns
import FoundationEssentials
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
  package static func newest(_ state: LiveState) -> ModelVersion? {
    var versions: [Int: [Product]] = [:]
    for product in state.products(under: folder) {
      let part = product.name.dropFirst(folder.count + 1).prefix { $0 != "/" }
      guard part.first == "v", let number = Int(part.dropFirst()) else { continue }
      versions[number, default: []].append(product)
    }
    guard let number = versions.keys.max(), let products = versions[number],
      let entry = state.entries.last(where: { entry in entry.products.contains { $0.name == products[0].name } })
    else { return nil }
    return ModelVersion(number: number, products: products, entry: entry)
  }

  /// The file of a role: model, logistic, calibration, metrics, card.
  package func product(_ role: String) throws(LearningError) -> Product {
    let found = products.first { product in
      product.name.split(separator: "/").last.map { $0.hasPrefix(role + "-") } ?? false
    }
    guard let found else {
      throw LearningError(.damagedModel, "\(label) has no file of the role \(role); train again with --force")
    }
    return found
  }

  /// Reads the models; every file's digest is compared with the log.
  package func load(home: Home) throws -> ChurnModels {
    ChurnModels(
      gradient: try BoostedModel(lightGBMText: String(decoding: bytes("model", home), as: UTF8.self)),
      logistic: try decoded(LogisticModel.self, "logistic", home),
      calibration: try decoded(ChurnModels.CalibrationFile.self, "calibration", home))
  }

  /// The bytes of the file of a role, which must be what the log says.
  func bytes(_ role: String, _ home: Home) throws -> Data {
    let product = try product(role)
    guard let data = try? Data(contentsOf: URL(filePath: home.url(product.name))) else {
      throw LearningError(.missingModel, "\(product.name) cannot be read; restore it or train again with --force")
    }
    guard SHA256Digest(of: Array(data)) == product.digest else {
      throw LearningError(.damagedModel, "\(product.name) is not what the log says; restore it")
    }
    return data
  }

  /// The value that the file of a role holds as JSON.
  func decoded<Value: Decodable>(_ type: Value.Type, _ role: String, _ home: Home) throws -> Value {
    guard let value = try? JSONDecoder().decode(type, from: bytes(role, home)) else {
      throw LearningError(.damagedModel, "the file of the role \(role) of \(label) is not what its format says")
    }
    return value
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
