public import Calendar

// Typed values. Each comes in three forms: needed, with a default, optional.
extension NodeReader {
  /// The text of `key`; "" after a recorded fault.
  public func string(_ key: String) -> String { read(key, expecting: "a text", \.text) ?? "" }
  /// The text of `key`, or `fallback` where it is absent.
  public func string(_ key: String, default fallback: String) -> String { optionalString(key) ?? fallback }
  /// The text of `key`, or nil where it is absent.
  public func optionalString(_ key: String) -> String? { read(key, expecting: "a text", isOptional: true, \.text) }

  /// The whole number of `key`, within `range`; the bound nearest to zero after a recorded fault.
  public func int(_ key: String, in range: ClosedRange<Int> = .min ... .max) -> Int {
    bounded(read(key, expecting: "a whole number", wholeNumber), key, range) ?? placeholder(range)
  }
  /// The whole number of `key`, within `range`, or `fallback` where it is absent.
  public func int(_ key: String, default fallback: Int, in range: ClosedRange<Int> = .min ... .max) -> Int {
    optionalInt(key, in: range) ?? fallback
  }
  /// The whole number of `key`, within `range`, or nil where it is absent.
  public func optionalInt(_ key: String, in range: ClosedRange<Int> = .min ... .max) -> Int? {
    bounded(read(key, expecting: "a whole number", isOptional: true, wholeNumber), key, range)
  }

  /// The number of `key`, within `range`; the bound nearest to zero after a recorded fault.
  public func double(
    _ key: String, in range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude
  ) -> Double {
    bounded(read(key, expecting: "a number", finiteNumber), key, range)
      ?? min(max(0, range.lowerBound), range.upperBound)
  }
  /// The number of `key`, within `range`, or `fallback` where it is absent.
  public func double(
    _ key: String, default fallback: Double,
    in range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude
  ) -> Double { optionalDouble(key, in: range) ?? fallback }
  /// The number of `key`, within `range`, or nil where it is absent.
  public func optionalDouble(
    _ key: String, in range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude
  ) -> Double? { bounded(read(key, expecting: "a number", isOptional: true, finiteNumber), key, range) }

  /// The flag of `key`; false after a recorded fault.
  public func bool(_ key: String) -> Bool { read(key, expecting: "true or false", \.flag) ?? false }
  /// The flag of `key`, or `fallback` where it is absent.
  public func bool(_ key: String, default fallback: Bool) -> Bool { optionalBool(key) ?? fallback }
  /// The flag of `key`, or nil where it is absent.
  public func optionalBool(_ key: String) -> Bool? { read(key, expecting: "true or false", isOptional: true, \.flag) }

  /// The day of `key`, written as `yyyy-MM-dd`; day 0 after a recorded fault.
  public func day(_ key: String) -> Day { read(key, expecting: dayForm, civilDay) ?? Day(rawValue: 0) }
  /// The day of `key`, or nil where it is absent.
  public func optionalDay(_ key: String) -> Day? { read(key, expecting: dayForm, isOptional: true, civilDay) }

  /// The value of `key` among `allowed`; the first of them after a recorded fault. `allowed` must not be empty.
  public func enumeration(_ key: String, of allowed: [String]) -> String {
    precondition(!allowed.isEmpty, "an enumeration has a value")
    let text = read(key, expecting: "one of \(allowed.joined(separator: ", "))", \.text)
    return checked(text, key, allowed) ?? allowed[0]
  }
  /// The value of `key` among `allowed`, or `fallback` where it is absent.
  public func enumeration(_ key: String, of allowed: [String], default fallback: String) -> String {
    optionalEnumeration(key, of: allowed) ?? fallback
  }
  /// The value of `key` among `allowed`, or nil where it is absent.
  public func optionalEnumeration(_ key: String, of allowed: [String]) -> String? {
    checked(read(key, expecting: "one of \(allowed.joined(separator: ", "))", isOptional: true, \.text), key, allowed)
  }
  /// The case of `key`, by its raw value; nil after a recorded fault or where it is absent.
  public func enumeration<Value: RawRepresentable & CaseIterable>(
    _ key: String, as type: Value.Type, isOptional: Bool = false
  ) -> Value? where Value.RawValue == String {
    let allowed = type.allCases.map(\.rawValue)
    let text = isOptional ? optionalEnumeration(key, of: allowed) : enumeration(key, of: allowed)
    return text.flatMap(Value.init(rawValue:))
  }

  private var dayForm: String { "a day as yyyy-MM-dd" }

  private func wholeNumber(_ node: ConfigurationNode) -> Int? {
    node.plainText.flatMap { Int($0.filter { $0 != "_" }) }
  }

  private func finiteNumber(_ node: ConfigurationNode) -> Double? {
    guard let value = node.plainText.flatMap({ Double($0.filter { $0 != "_" }) }), value.isFinite else { return nil }
    return value
  }

  private func civilDay(_ node: ConfigurationNode) -> Day? { node.text.flatMap { Day($0) } }

  private func placeholder(_ range: ClosedRange<Int>) -> Int { min(max(0, range.lowerBound), range.upperBound) }

  private func bounded<Value: Comparable>(_ value: Value?, _ key: String, _ range: ClosedRange<Value>) -> Value? {
    guard let value else { return nil }
    guard range.contains(value) else {
      report(key, "'\(key)' must lie between \(range.lowerBound) and \(range.upperBound)")
      return nil
    }
    return value
  }

  private func checked(_ text: String?, _ key: String, _ allowed: [String]) -> String? {
    guard let text else { return nil }
    guard allowed.contains(text) else {
      let near = Suggestion.nearest(to: text, among: allowed).map { "; did you mean '\($0)'?" } ?? ""
      report(key, "'\(key)' must be one of \(allowed.joined(separator: ", ")), not '\(text)'\(near)")
      return nil
    }
    return text
  }
}
