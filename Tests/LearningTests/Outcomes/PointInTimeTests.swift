import Calendar
import Columns
import Datasets
import Learning
import Ledger
import Testing
import Twins

/// No fact of later than an as-of night reaches a training row of that date.
///
/// Every family of facts gets markers: rows dated after the as-of date, and rows of before it that came after its night.
/// The rows of that date must be those of an operator without markers. As a control, the markers must show in the rows
/// of a date two weeks later: there they were known.
@Suite struct PointInTimeTests {
  private static let asOf = MiniOperator.night - 70
  private static let later = asOf + 14
  private static let marker: Int64 = 4_444_444_444_444

  /// What the training rows of a date hold, column by column: quantities and texts as text, so that both kinds compare.
  private static func columns(_ home: MiniOperator, _ date: Day) throws -> [String: [String]] {
    let state = try home.state
    let history = try ChurnHistory(
      state, home: home.home, definition: ChurnDefinition(MiniOperator.churn()), night: MiniOperator.night, threads: 2)
    // Both dates at once, as training asks for them.
    let rows = try DatedRows(
      history, MiniOperator.catalogue().ofInputs, dates: [asOf, later], excluded: [], threads: 2
    )
    .rows([date], .learned)
    var columns: [String: [String]] = ["subscription": rows.subscriptions.map { "\($0)" }]
    for (feature, values) in zip(rows.table.features, rows.table.columns) {
      columns[feature.name] = values.map { value in
        guard let levels = feature.levels else { return "\(value)" }
        return value.isNaN ? "missing" : levels[Int(value)]
      }
    }
    return columns
  }

  /// Markers for a subscription that is on the base at both dates: one set dated the day after the as-of date, and one
  /// dated three days before it that came two days after its night.
  private static func plant(_ home: MiniOperator, _ subscription: Int64, _ person: Int64) {
    for (day, known) in [(asOf + 1, asOf + 1), (asOf - 3, asOf + 2)] {
      let id = FactTables.Value.whole(subscription)
      let key = FactTables.Value.whole(subscription * 10 + Int64(known - asOf))
      let amount = FactTables.Value.whole(marker)
      func add(_ dataset: Dataset, _ row: [String: FactTables.Value]) {
        home.add(dataset, day, known: known, row.merging(["subscription_id": id]) { own, _ in own })
      }
      add(
        .usage,
        [
          "voice_out_count": .whole(1), "voice_out_seconds": amount, "data_down_bytes": amount, "charge_e4": amount,
          "event_count": .whole(1),
        ])
      add(
        .bills,
        [
          "bill_id": key, "amount_e4": amount, "due_date": .day(day + 14), "period_start": .day(day - 30),
          "period_end": .day(day - 1),
        ])
      add(.payments, ["payment_id": key, "amount_e4": amount, "is_failed": .flag(true)])
      add(.topUps, ["top_up_id": key, "amount_e4": amount])
      add(.balances, ["balance_e4": amount, "bundle_expiry_date": .day(day + 20)])
      add(
        .tickets,
        [
          "ticket_id": key, "opened_date": .day(day), "status": .text("open"), "category": .text("cancellation"),
          "text_bytes": amount,
        ])
      add(
        .subscriptions,
        ["event": .text("plan-change"), "payment_type": .text("postpaid"), "product": .text("marker-plan")])
      add(
        .links,
        ["person_id": .whole(person), "region": .text("marker-region"), "segment": .text("marker-segment")])
      add(
        .contacts,
        [
          "person_id": .whole(person), "channel": .text("sms"), "outcome": .text("accepted"),
          "contacted_at": .whole(Int64(day.rawValue) * 86_400_000_000),
        ])
    }
  }

  @Test func `no marker of later reaches a training row`() throws {
    let plain = try MiniOperator(subscriptionCount: 120, leaveRate: 0.0005)
    let marked = try MiniOperator(subscriptionCount: 120, leaveRate: 0.0005) { home in
      // Odd ones are postpaid; neighbours in pairs are one person.
      for number in stride(from: 1, to: 120, by: 4) {
        Self.plant(home, Int64(1_000 + number), Int64(9_000 + number / 2))
      }
    }
    let (before, after) = (try Self.columns(plain, Self.asOf), try Self.columns(marked, Self.asOf))
    #expect(before.count > 150)
    #expect((before["subscription"] ?? []).count > 80)
    #expect(before.keys == after.keys)
    for (name, values) in before { #expect(after[name] == values, "\(name) knows what came after \(Self.asOf)") }

    // The control: the same markers, known two weeks later, show in fields of every family.
    let (usual, shown) = (try Self.columns(plain, Self.later), try Self.columns(marked, Self.later))
    #expect(usual["subscription"] == shown["subscription"])
    let touched = Set(usual.keys.filter { usual[$0] != shown[$0] })
    for name in [
      "voice_out_seconds_28d", "charge_e4_28d", "bill_last_e4", "failed_payment_count_91d", "topup_e4_91d",
      "balance_e4",
      "ticket_cancellation_count_91d", "product", "region", "contact_count_28d",
    ] {
      #expect(touched.contains(name), "\(name) shows no marker: the test would not see a wrong join")
    }
  }
}
