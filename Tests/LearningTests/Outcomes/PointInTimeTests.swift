import Calendar
import Columns
import Datasets
import Learning
import Ledger
import Testing
import Twins

/// No fact of later than an as-of night reaches a training row of that date.
///
/// Every family of facts that a field reads gets markers: rows dated after the as-of date, and rows of before it that came after
/// its night. The rows of that date must be those of an operator without markers. As a control, the markers of each family must
/// show in a field of the rows of a date two weeks later: there they were known.
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

  /// A field of each family that shows its markers.
  private static let controls: [Dataset: String] = [
    .usage: "voice_out_seconds_28d", .counterparties: "counterparty_count_28d", .cells: "cell_count_28d",
    .outages: "cell_outage_minutes_28d", .numbers: "counterparty_on_net_count_28d", .bills: "bill_last_e4",
    .payments: "failed_payment_count_91d", .topUps: "topup_e4_91d", .balances: "balance_e4",
    .tickets: "ticket_cancellation_count_91d", .subscriptions: "product", .links: "region", .consents: "consent_sms",
    .contacts: "contact_count_28d", .products: "monthly_fee_e4", .unitCosts: "margin_28d_e4",
  ]
  /// Families that no field of a subscription reads.
  private static let exemptions: Set<Dataset> = [.orders]
  /// Those whose markers are looked for among prepaid rows, which the markers of other families leave alone.
  private static let prepaidControls: Set<Dataset> = [.unitCosts]

  /// Odd ones are postpaid; neighbours in pairs are one person.
  private static let marked = Array(stride(from: 1, to: 120, by: 4))
  private static func subscription(_ number: Int) -> Int64 { Int64(1_000 + number) }
  private static func person(_ number: Int) -> Int64 { Int64(9_000 + number / 2) }
  private static func party(_ number: Int) -> Int64 { Int64(6_000 + number) }
  private static func cell(_ number: Int) -> Int64 { Int64(7_000 + number) }

  /// What markers of numbers and outages bear on, in both operators: parties and cells that the date knows, and consent to cells.
  private static func cover(_ home: MiniOperator) {
    for day in 0..<MiniOperator.dayCount {
      for family in ["counterparties", "cells", "outages"] {
        home.add(.coverage, MiniOperator.night - day, ["family": .text(family), "is_complete": .flag(true)])
      }
    }
    home.add(.numbers, asOf - 60, ["subscription_id": .whole(1_000), "counterparty_hash": .whole(5)])
    for number in marked {
      let id = FactTables.Value.whole(subscription(number))
      home.add(
        .consents, asOf - 60,
        [
          "person_id": .whole(person(number)), "channel": .text("any"), "purpose": .text("location"),
          "is_granted": .flag(true),
        ])
      home.add(
        .counterparties, asOf - 5,
        ["subscription_id": id, "counterparty_hash": .whole(party(number)), "event_count": .whole(1)])
      for day in [asOf - 3, asOf + 1] {
        home.add(
          .cells, day, ["subscription_id": id, "cell_hash": .whole(cell(number)), "event_count": .whole(1)])
      }
    }
  }

  /// When markers happened and became known: one set the day after the as-of date, and one three days before it that came two days
  /// after its night.
  private static let moments = [(day: asOf + 1, known: asOf + 1), (day: asOf - 3, known: asOf + 2)]

  /// Markers for a subscription that is on the base at both dates.
  private static func plant(_ home: MiniOperator, _ number: Int) {
    for (day, known) in moments {
      let key = FactTables.Value.whole(subscription(number) * 10 + Int64(known - asOf))
      let amount = FactTables.Value.whole(marker)
      let own: [String: FactTables.Value] = [
        "subscription_id": .whole(subscription(number)), "person_id": .whole(person(number)),
      ]
      func add(_ dataset: Dataset, _ row: [String: FactTables.Value]) {
        home.add(dataset, day, known: known, row.merging(own) { given, _ in given })
      }
      add(
        .usage,
        [
          "voice_out_count": .whole(1), "voice_out_seconds": amount, "data_down_bytes": amount, "charge_e4": amount,
          "event_count": .whole(1),
        ])
      add(.counterparties, ["counterparty_hash": key, "event_count": .whole(9)])
      add(.cells, ["cell_hash": key, "event_count": .whole(9)])
      add(
        .outages,
        [
          "cell_hash": .whole(cell(number)), "outage_id": key, "start_minute": .whole(60), "end_date": .day(day),
          "end_minute": .whole(600), "kind": .text("fault"),
        ])
      add(.numbers, ["counterparty_hash": .whole(party(number))])
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
      add(.links, ["region": .text("marker-region"), "segment": .text("marker-segment")])
      let instant = FactTables.Value.whole(Int64(day.rawValue) * 86_400_000_000)
      add(
        .consents,
        ["decided_at": instant, "channel": .text("sms"), "purpose": .text("marketing"), "is_granted": .flag(true)])
      add(.contacts, ["channel": .text("sms"), "outcome": .text("accepted"), "contacted_at": instant])
    }
  }

  /// Markers of what every subscription shares: another fee of the postpaid product, and a day that costs.
  private static func plantPrices(_ home: MiniOperator) {
    for (day, known) in moments {
      home.add(
        .products, day, known: known,
        ["product": .text("flat"), "payment_type": .text("postpaid"), "monthly_fee_e4": .whole(777_777)])
      home.add(
        .unitCosts, day, known: known,
        ["unit": .text("subscription-day"), "cost_e4_per_million": .whole(3_000_000_000)])
    }
  }

  @Test func `no marker of later reaches a training row`() throws {
    let plain = try MiniOperator(subscriptionCount: 120, leaveRate: 0.0005) { Self.cover($0) }
    let marked = try MiniOperator(subscriptionCount: 120, leaveRate: 0.0005) { home in
      Self.cover(home)
      for number in Self.marked { Self.plant(home, number) }
      Self.plantPrices(home)
    }
    let (before, after) = (try Self.columns(plain, Self.asOf), try Self.columns(marked, Self.asOf))
    #expect(before.count > 150)
    #expect((before["subscription"] ?? []).count > 80)
    #expect(before.keys == after.keys)
    for (name, values) in before { #expect(after[name] == values, "\(name) knows what came after \(Self.asOf)") }

    // The control: the same markers, known two weeks later, show in a field of every family.
    let (usual, shown) = (try Self.columns(plain, Self.later), try Self.columns(marked, Self.later))
    #expect(usual["subscription"] == shown["subscription"])
    let isPrepaid = (usual["subscription"] ?? []).map { Int64($0).map { $0 % 2 == 0 } ?? false }
    for family in Dataset.facts where !Self.exemptions.contains(family) {
      let name = try #require(Self.controls[family], "\(family) has no markers")
      let (values, others) = (try #require(usual[name]), try #require(shown[name]))
      let isTouched = isPrepaid.indices.contains { row in
        values[row] != others[row] && (isPrepaid[row] || !Self.prepaidControls.contains(family))
      }
      #expect(isTouched, "\(name) shows no marker of \(family): the test would not see a wrong join")
    }
    for family in Self.exemptions {
      let readers = try MiniOperator.catalogue().fields.filter { $0.sources.contains(family.name) }.map(\.name)
      #expect(readers == [], "\(family) has no markers")
    }
  }
}
