import Columns

/// What a night finds of one field.
package struct FieldVerdict: Sendable, Hashable {
  /// Whether drift was measured, and why not.
  package enum DriftState: String, Sendable, Hashable {
    case measured, off, incomplete
    case tooFewNights = "too-few-nights"
    case tooFewRows = "too-few-rows"
  }

  package let field: String
  package let rowCount: Int64
  package let missingCount: Int64
  package let extremes: ClosedRange<Double>?
  package let belowCount: Int64
  package let aboveCount: Int64
  package let repeatedCount: Int64
  /// What breaks the contract, in one line.
  package let breach: String?
  /// Whether that stops the night.
  package let refuses: Bool
  package private(set) var drift: DriftState
  package private(set) var psi: Double?
  package let warnAbove: Double?
  package private(set) var referenceNightCount = 0
  package private(set) var referenceRowCount: Int64 = 0

  /// Whether the field has moved further than its threshold.
  package var hasDrifted: Bool { psi.map { $0 > warnAbove ?? .infinity } ?? false }

  /// Judges a field by what a pass found. `isKnown` says whether the days that it looks at are complete: where they are not, what is
  /// missing says nothing of the field.
  package init(
    _ field: TwinField, _ tally: FieldTally, isKnown: Bool, _ reference: DriftReference.Entry?, _ limits: DriftLimits
  ) {
    self.field = field.name
    rowCount = tally.rowCount
    missingCount = tally.missingCount
    extremes = field.drift == .none ? nil : tally.extremes
    belowCount = tally.belowCount
    aboveCount = tally.aboveCount
    let repeatedCount = field.contract?.isUnique == true ? tally.repeatedCount() : 0
    self.repeatedCount = repeatedCount
    breach = field.contract.flatMap {
      FieldVerdict.breach(field.name, $0, tally, repeatedCount: repeatedCount, isKnown: isKnown)
    }
    refuses = breach != nil && field.contract?.refuses == true
    switch field.drift {
    case .measured: warnAbove = limits.warnAbove
    case .warns(let above): warnAbove = above
    case .off, .none: warnAbove = nil
    }
    drift = .off
    guard warnAbove != nil else { return }
    referenceNightCount = reference?.nightCount ?? 0
    referenceRowCount = reference?.profile.rowCount ?? 0
    guard isKnown else {
      drift = .incomplete
      return
    }
    guard let reference, reference.nightCount >= DriftReference.leastNightCount,
      reference.profile.kind == tally.profile.kind
    else {
      drift = .tooFewNights
      return
    }
    guard min(tally.rowCount, reference.profile.rowCount) >= limits.leastRowCount else {
      drift = .tooFewRows
      return
    }
    drift = .measured
    psi = PopulationStability.index(of: tally.profile.capped, against: reference.profile)
  }

  private static func breach(
    _ name: String, _ contract: FieldContract, _ tally: FieldTally, repeatedCount: Int64, isKnown: Bool
  ) -> String? {
    var parts: [String] = []
    func rows(_ count: Int64) -> String { count == 1 ? "1 row" : "\(count) rows" }
    if let least = contract.least, tally.belowCount > 0 {
      parts.append("min: \(rows(tally.belowCount)) below \(text(least))")
    }
    if let greatest = contract.greatest, tally.aboveCount > 0 {
      parts.append("max: \(rows(tally.aboveCount)) above \(text(greatest))")
    }
    if let share = contract.nullShare, isKnown, tally.rowCount > 0,
      Double(tally.missingCount) > share * Double(tally.rowCount)
    {
      parts.append(
        "null-share: \(tally.missingCount) of \(rows(tally.rowCount)) missing, at most \(text(share)) may be")
    }
    if repeatedCount > 0 { parts.append("unique: \(rows(repeatedCount)) with a value that another has") }
    return parts.isEmpty ? nil : "\(name) breaks its contract: \(parts.joined(separator: "; "))"
  }

  private static func text(_ number: Double) -> String {
    number.rounded() == number && number.magnitude < 1e15 ? "\(Int64(number))" : "\(number)"
  }
}

extension FieldVerdict {
  /// A row of `twin-quality`.
  init(_ table: Table, row: Int) throws(ColumnsError) {
    field = try table.string("field").values[row]
    rowCount = try table.int64("row_count").values[row]
    missingCount = try table.int64("missing_count").values[row]
    if let least = try table.double("least")[row], let greatest = try table.double("greatest")[row], least <= greatest {
      extremes = least...greatest
    } else {
      extremes = nil
    }
    belowCount = try table.int64("below_count").values[row]
    aboveCount = try table.int64("above_count").values[row]
    repeatedCount = try table.int64("repeated_count").values[row]
    breach = try table.string("breach")[row]
    refuses = false
    let state = try table.string("drift_state").values[row]
    guard let drift = DriftState(rawValue: state) else {
      throw ColumnsError(.schemaMismatch, "'\(state)' is no state of drift")
    }
    self.drift = drift
    psi = try table.double("psi")[row]
    warnAbove = try table.double("warn_above")[row]
    referenceNightCount = Int(try table.int32("reference_nights").values[row])
    referenceRowCount = try table.int64("reference_row_count").values[row]
  }
}
