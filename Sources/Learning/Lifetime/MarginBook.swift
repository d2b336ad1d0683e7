import Columns

/// The margins of a night's base: the mean of each payment type, and from it each subscription's margin and value.
struct MarginBook {
  private let means: [String: Double]
  private let lifetime: LifetimeValue
  private let otherEndShare: [String: Double]

  /// Learns the means of the payment types from the rows whose margin is known.
  init(_ base: Table, definition: ValueDefinition, calibration: ChurnModels.CalibrationFile) throws(ColumnsError) {
    let margins = try base.int64("margin_28d_e4")
    let types = try base.string("payment_type").values
    var sums: [String: (sum: Double, count: Double)] = [:]
    for row in 0..<base.rowCount {
      guard let margin = margins[row] else { continue }
      sums[types[row], default: (0, 0)].sum += Double(margin)
      sums[types[row], default: (0, 0)].count += 1
    }
    means = sums.mapValues { $0.sum / $0.count }
    lifetime = LifetimeValue(definition, horizonDays: calibration.horizonDays)
    otherEndShare = calibration.otherEndShare
  }

  /// Margin of 30 days and lifetime value of each row, in 1/10,000 of the currency unit; nil where the margin is unknown.
  func values(
    _ base: Table, probabilities: [Double]
  ) throws(ColumnsError) -> (margins: [Int64?], values: [Int64?]) {
    let own = try base.int64("margin_28d_e4")
    let types = try base.string("payment_type").values
    var (margins, values): ([Int64?], [Int64?]) = ([], [])
    for row in 0..<base.rowCount {
      guard let margin28 = own[row], let mean = means[types[row]] else {
        margins.append(nil)
        values.append(nil)
        continue
      }
      let margin = lifetime.margin(own28DaysE4: margin28, mean28DaysE4: mean)
      let value = lifetime.value(
        marginE4: margin, churnProbability: probabilities[row], otherEndShare: otherEndShare[types[row]] ?? 0)
      margins.append(LifetimeValue.amountE4(margin))
      values.append(LifetimeValue.amountE4(value))
    }
    return (margins, values)
  }
}
