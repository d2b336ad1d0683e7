/// The night's decisions in one line for people.
public struct DecisionSummary: Sendable, Hashable {
  /// The line.
  public let line: String

  /// Makes the line from the counts of a run.
  public init(_ counts: [String: Int64]) {
    func count(_ name: String) -> Int64 { counts[name] ?? 0 }
    let contacts = ContactChannel.allCases.map { "\(count("contacts.\($0.rawValue)")) \($0.rawValue)" }
    let controls = count("arm.universal-control") + count("arm.campaign-control")
    let budget = counts["budget_e4"].map { " of \(Self.money($0))" } ?? ""
    line =
      "\(count("subscriptions")) subscriptions, \(count("persons")) persons: \(contacts.joined(separator: ", ")); "
      + "\(controls) in control, \(count("arm.explored")) explored; expected cost \(Self.money(count("sent.cost_e4")))"
      + "\(budget), value \(Self.money(count("sent.value_e4"))), gap \(Self.percent(count("allocated.gap_e6"))) %"
  }

  /// An amount in currency units with two decimals, rounded to the nearest, halves away from zero.
  private static func money(_ amountE4: Int64) -> String {
    let cents = (amountE4.magnitude + 50) / 100
    return (amountE4 < 0 ? "-" : "") + "\(cents / 100)." + padded(cents % 100)
  }

  /// Millionths as a percentage with two decimals, rounded up: a gap is never shown smaller than it is.
  private static func percent(_ millionths: Int64) -> String {
    let hundredths = (millionths.magnitude + 99) / 100
    return "\(hundredths / 100)." + padded(hundredths % 100)
  }

  private static func padded(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
