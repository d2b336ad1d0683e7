/// One product of the operator's catalogue.
struct Tariff: Sendable {
  let key: String
  let name: String
  let isPrepaid: Bool
  /// Fee per 30 days (postpaid) or per bundle of 28 days (prepaid); zero pays by use.
  let feeE4: Int
  /// Data included in 30 or 28 days; zero where data is paid by the megabyte.
  let allowanceMegabytes: Int
  let contractMonths: Int
  /// Share of new subscriptions of its payment type.
  let share: Double
  /// Whether the price shock raises the fee.
  let isRaised: Bool

  /// The fee in force on a day of the run.
  func feeE4(on day: Int) -> Int {
    guard isRaised, day >= OperatorLaw.Events.priceShockDay else { return feeE4 }
    return Int((Double(feeE4) * OperatorLaw.Events.priceShockFactor / 1_000).rounded()) * 1_000
  }
}

// The catalogue, and what a unit of use costs the operator (point 11).
extension OperatorLaw {
  static let tariffs: [Tariff] = [
    Tariff(
      key: "pre-flex", name: "Nachtigall Flex", isPrepaid: true, feeE4: 0, allowanceMegabytes: 0, contractMonths: 0,
      share: 0.34, isRaised: false),
    Tariff(
      key: "pre-s", name: "Nachtigall Start", isPrepaid: true, feeE4: 49_900, allowanceMegabytes: 1_000,
      contractMonths: 0, share: 0.26, isRaised: false),
    Tariff(
      key: "pre-m", name: "Nachtigall Plus", isPrepaid: true, feeE4: 89_900, allowanceMegabytes: 3_000,
      contractMonths: 0, share: 0.28, isRaised: true),
    Tariff(
      key: "pre-l", name: "Nachtigall Max", isPrepaid: true, feeE4: 149_900, allowanceMegabytes: 8_000,
      contractMonths: 0, share: 0.12, isRaised: false),
    Tariff(
      key: "post-classic", name: "Classic", isPrepaid: false, feeE4: 159_900, allowanceMegabytes: 500,
      contractMonths: 24, share: 0.10, isRaised: false),
    Tariff(
      key: "post-s", name: "Tag S", isPrepaid: false, feeE4: 129_900, allowanceMegabytes: 2_000, contractMonths: 24,
      share: 0.22, isRaised: false),
    Tariff(
      key: "post-m", name: "Tag M", isPrepaid: false, feeE4: 199_900, allowanceMegabytes: 5_000, contractMonths: 24,
      share: 0.28, isRaised: true),
    Tariff(
      key: "post-l", name: "Tag L", isPrepaid: false, feeE4: 299_900, allowanceMegabytes: 15_000, contractMonths: 24,
      share: 0.20, isRaised: false),
    Tariff(
      key: "post-xl", name: "Tag XL", isPrepaid: false, feeE4: 449_900, allowanceMegabytes: 50_000,
      contractMonths: 24, share: 0.08, isRaised: false),
    Tariff(
      key: "post-sim", name: "Frei", isPrepaid: false, feeE4: 149_900, allowanceMegabytes: 4_000, contractMonths: 0,
      share: 0.12, isRaised: false),
  ]

  /// The tariff that the migration closes, and the one that its customers are moved to (point 9).
  static let closedTariff = 4
  static let successorTariff = 6
  /// The tariff of a prepaid customer who moves to postpaid.
  static let migrationTariff = 9

  /// Cost of a million units, in 1/10,000 of the currency unit, in the order of the delivered file.
  static let unitCosts: [(unit: String, costE4PerMillion: Int)] = [
    ("voice-second", 500_000), ("sms", 60_000_000), ("data-byte", 3), ("roaming-event", 900_000_000),
    ("bill", 6_000_000_000), ("ticket", 45_000_000_000), ("subscription-day", 400_000_000),
  ]
}
