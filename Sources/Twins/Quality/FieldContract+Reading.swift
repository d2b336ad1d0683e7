import Columns
import Configuration

/// The keys `contract` and `drift` of a row, before the row's windows are told apart.
struct FieldPromises {
  private static let numbers: [ColumnType] = [.int32, .int64, .double]
  /// Integers beyond are not all doubles.
  private static let exactLimit = 9_007_199_254_740_992.0

  private var contract: FieldContract?
  private var isBoundedByWindow = false
  private var drift: FieldDrift

  /// Reads both keys and records what is wrong with them.
  init(_ row: NodeReader, type: ColumnType?, unit: String) {
    let isProfiled = unit != "id" && type != .date && type != .timestamp
    drift = isProfiled ? .measured : .none
    if let node = row.value("contract") {
      let read = row.child(node) { FieldPromises.contract($0, node, type: type, unit: unit) }
      contract = read.contract
      isBoundedByWindow = read.isBoundedByWindow
    }
    guard let node = row.value("drift") else { return }
    guard isProfiled else {
      row.report("drift", "identifiers and days have no drift that could be measured")
      return
    }
    if node.text == "off" {
      drift = .off
    } else if node.text != nil {
      row.report("drift", "'drift' is off, or a mapping with 'warn-above'")
    } else {
      let limit = row.child(node) { $0.double("warn-above", in: 0.001...100) }
      drift = .warns(above: limit)
    }
  }

  /// Gives a field of the row what it promises.
  func applied(to made: TwinField, window: FieldWindow?, _ row: NodeReader) -> TwinField {
    var field = made
    field.drift = drift
    guard var contract else { return field }
    if isBoundedByWindow {
      guard case .days(let days)? = window else {
        row.report("contract", "'\(field.name)' has no window of days that 'max: window' could mean")
        return field
      }
      contract.greatest = Double(days)
      if let least = contract.least, least > Double(days) {
        row.report("contract", "'min' is greater than 'max', the \(days) days of the window")
      }
    }
    if contract.nullShare != nil, !field.column.isNullable {
      row.report("contract", "'\(field.name)' is never missing, so 'null-share' says nothing")
    }
    if contract.nullShare != nil, let consent = field.consent {
      row.report(
        "contract", "'\(field.name)' is missing without consent to \(consent.rawValue), so it has no 'null-share'")
    }
    field.contract = contract
    return field
  }

  private static func contract(
    _ reader: NodeReader, _ node: ConfigurationNode, type: ColumnType?, unit: String
  ) -> (contract: FieldContract, isBoundedByWindow: Bool) {
    var contract = FieldContract()
    let isBoundedByWindow = reader.value("max")?.text == "window"
    contract.least = reader.optionalDouble("min")
    if !isBoundedByWindow { contract.greatest = reader.optionalDouble("max") }
    contract.nullShare = reader.optionalDouble("null-share", in: 0...1)
    contract.isUnique = reader.bool("unique", default: false)
    contract.refuses = reader.optionalEnumeration("on-breach", of: ["warn", "refuse"]) == "refuse"
    for key in ["min", "max"] where reader.has(key) {
      if let type, !numbers.contains(type) {
        reader.report(key, "'\(key)' is for numbers; the field is \(type)")
      } else if let type, type != .double, let bound = key == "min" ? contract.least : contract.greatest,
        bound.rounded() != bound || bound.magnitude > exactLimit
      {
        reader.report(key, "'\(key)' of a field of type \(type) is a whole number, at most 2^53 in size")
      }
    }
    if let least = contract.least, let greatest = contract.greatest, least > greatest {
      reader.report("min", "'min' is greater than 'max'")
    }
    if contract.isUnique, unit != "id" || type != .int64 {
      reader.report("unique", "'unique' is for identifiers: unit id, type int64")
    }
    if case .mapping = node.content, !["min", "max", "null-share", "unique"].contains(where: reader.has) {
      reader.report(at: node.location, "a contract says one of min, max, null-share and unique")
    }
    return (contract, isBoundedByWindow)
  }
}

extension DriftLimits {
  /// Reads the catalogue's own key `drift`, where it has one.
  init(_ catalogue: NodeReader) {
    self.init()
    _ = catalogue.mapping("drift", isOptional: true) { reader in
      warnAbove = reader.double("warn-above", default: warnAbove, in: 0.001...100)
      leastRowCount = Int64(reader.int("least-rows", default: Int(leastRowCount), in: 1...1_000_000_000))
    }
  }
}
