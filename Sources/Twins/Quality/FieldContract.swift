/// What the values of a field must be, as the catalogue's row says it (`Twins.docc/TwinQuality.md`).
public struct FieldContract: Sendable, Hashable {
  /// The least value that may occur.
  public var least: Double?
  /// The greatest value that may occur.
  public var greatest: Double?
  /// The greatest share of rows, 0…1, that may be missing while the field's days are complete.
  public var nullShare: Double?
  /// Whether no value may occur twice.
  public var isUnique = false
  /// Whether a breach stops the night; otherwise it is a warning.
  public var refuses = false
}

/// Whether the drift of a field is measured, and from where on it is a warning.
public enum FieldDrift: Sendable, Hashable {
  /// Measured; a warning above the catalogue's own threshold.
  case measured
  /// Measured; a warning above this index.
  case warns(above: Double)
  /// Profiled, but not compared: the field moves by its nature, as an age does.
  case off
  /// Neither profiled nor compared: identifiers and days.
  case none
}

/// What a catalogue says of drift for all of its fields.
public struct DriftLimits: Sendable, Hashable {
  /// The population stability index above which a field is warned of.
  public var warnAbove = 0.25
  /// The rows that a night and its reference must have. With about ten groups, chance alone gives an index of about
  /// 10/rows: 0.025 for 400.
  public var leastRowCount: Int64 = 400

  /// The limits of a catalogue that names none.
  package init() {}
}
