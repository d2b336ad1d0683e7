import Columns

/// Keeps back what persons have not agreed to: fields whose legal basis is consent are missing for those without it.
///
/// It works on finished columns, before anything is made of several of them, so that no field can be written around it.
struct ConsentGate: Sendable {
  /// Whether each row's person agreed, by purpose.
  private let isGranted: [ConsentPurpose: [Bool]]

  init(_ consents: NewestConsents, _ scene: TwinScene, _ holders: Holders, for fields: [TwinField]) {
    let purposes = Set(fields.compactMap(\.consent))
    isGranted = Dictionary(
      uniqueKeysWithValues: purposes.map { ($0, consents.isGranted($0, scene, holders)) })
  }

  /// The column of a field, missing where it needs a consent that was not given.
  func passed(_ column: Column, _ field: TwinField) -> Column {
    guard let consent = field.consent, let isGranted = isGranted[consent] else { return column }
    return column.keeping(isGranted)
  }
}

extension Column {
  /// The column with the values of some rows alone; nothing of the others stays in memory.
  fileprivate func keeping(_ isKept: [Bool]) -> Column {
    switch self {
    case .int32(let column): .int32(column.keeping(isKept, placeholder: 0))
    case .int64(let column): .int64(column.keeping(isKept, placeholder: 0))
    case .double(let column): .double(column.keeping(isKept, placeholder: 0))
    case .bool(let column): .bool(column.keeping(isKept, placeholder: false))
    case .date(let column): .date(column.keeping(isKept, placeholder: 0))
    case .timestamp(let column): .timestamp(column.keeping(isKept, placeholder: 0))
    case .string(let column): .string(column.keeping(isKept, placeholder: ""))
    }
  }
}

extension TypedColumn {
  fileprivate func keeping(_ isKept: [Bool], placeholder: Value) -> TypedColumn {
    guard isKept.contains(false) else { return self }
    var (values, validity) = (values, validity ?? isKept)
    for row in values.indices where !isKept[row] {
      values[row] = placeholder
      validity[row] = false
    }
    return TypedColumn(values, validity: validity)
  }
}
