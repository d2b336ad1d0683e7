import Ledger
import Synthetic

/// A comparison of policies as a table for people, and as JSON.
struct PolicyTable {
  let comparison: PolicyComparison

  /// Aligned lines: money in currency units, shares in per cent.
  var lines: [String] {
    let header = ["policy", "contacted", "of base", "gain", "of oracle"]
    let cells = comparison.rows.map { row in
      [
        row.policy.rawValue, "\(row.contactedCount)", percent(comparison.contactedShare(row.policy)),
        money(row.gainE4), comparison.shareOfOracle(row.policy).map(percent) ?? "-",
      ]
    }
    let table = ([header] + cells).map { line in
      line.enumerated().map { column, text in
        let gap = String(repeating: " ", count: max(1, (column == 0 ? 20 : 13) - text.count))
        return column == 0 ? text + gap : gap + text
      }.joined()
    }
    return [
      "base \(comparison.personCount) persons, \(comparison.reachableCount) consented to a channel, capacity "
        + "\(comparison.capacity) contacts; standard offer \(comparison.standardOffer)",
      "log \(comparison.contactedOccasionCount) contacts, \(comparison.untouchedOccasionCount) left alone",
    ] + table
  }

  /// One object with sorted keys; money and shares in 1/10,000.
  var json: String {
    let rows = comparison.rows.map { row -> CanonicalJSON in
      var members: [String: CanonicalJSON] = [
        "policy": .string(row.policy.rawValue), "contacted": .integer(Int64(row.contactedCount)),
        "contactedShareE4": share(comparison.contactedShare(row.policy)), "gainE4": .integer(Int64(row.gainE4)),
      ]
      members["shareOfOracleE4"] = comparison.shareOfOracle(row.policy).map(share)
      return .object(members)
    }
    return CanonicalJSON.object([
      "persons": .integer(Int64(comparison.personCount)), "reachable": .integer(Int64(comparison.reachableCount)),
      "capacity": .integer(Int64(comparison.capacity)), "standardOffer": .string(comparison.standardOffer),
      "loggedContacts": .integer(Int64(comparison.contactedOccasionCount)),
      "loggedUntouched": .integer(Int64(comparison.untouchedOccasionCount)), "policies": .array(rows),
    ]).text
  }

  private func share(_ value: Double) -> CanonicalJSON { .integer(Int64((value * 10_000).rounded())) }

  private func percent(_ share: Double) -> String { "\(PolicyLimits.percent(share)) %" }

  private func money(_ amountE4: Int) -> String {
    let units = Int((Double(amountE4) / 10_000).rounded())
    return "\(units)"
  }
}
