import Calendar
import Columns
import Configuration
import Datasets
import Ledger
import Testing
import Twins

@Suite struct TwinCatalogueTests {
  /// The faults of a catalogue with these rows of use beside the needed ones, counted from the first of them.
  private static func faults(_ rows: String...) -> [String] {
    do throws(ConfigurationError) {
      _ = try TwinCatalogue.small(rows)
      return []
    } catch {
      return error.problems.map { "\($0.location.line - 23):\($0.location.column): \($0.message)" }
    }
  }

  @Test func `a row is a field, and a row with windows one for each`() throws {
    let catalogue = try TwinCatalogue.small([
      "name: calls, aggregate: sum, of: voice_out_count, window: 14, type: int64, unit: count, description: Calls.",
      "name: \"used_{window}\", aggregate: days, of: [sms_out_count, voice_out_count], windows: [3, 91], type: int32, "
        + "unit: days, description: Days.",
      "name: share, ratio: {of: calls, over: used_91d}, type: double, unit: ratio, description: Share.",
    ])
    let asked = catalogue.fields.dropFirst(11)
    #expect(asked.map(\.name) == ["calls", "used_3d", "used_91d", "share"])
    #expect(asked.map(\.window) == ["14 days", "3 days", "91 days", "14 days over 91 days"])
    #expect(asked.map(\.source) == ["facts/usage", "facts/usage", "facts/usage", "facts/usage"])
    #expect(asked.allSatisfy { $0.column.isNullable })
    let state = UsageState.dataset(catalogue.usePlan).schema.fields.map(\.name)
    #expect(
      state == [
        "subscription_id", "voice_out_count_and_sms_out_count_days_recent",
        "voice_out_count_and_sms_out_count_days_early", "voice_out_count_age_0_13",
      ])
  }

  @Test func `what is wrong is said with its place, all at once`() {
    let faults = Self.faults(
      "name: a, aggregate: sum, of: voice_out_cuont, window: 7, type: int64, unit: count, description: A.",
      "name: b, aggregate: sum, of: sms_in_count, window: 92, type: int64, unit: count, description: B.",
      "name: C, aggregate: recency, of: sms_in_count, type: int32, unit: days, description: C.",
      "name: d, aggregate: sum, of: sms_in_count, window: 7, type: int32, unit: count, description: D.",
      "name: e, rule: arears_e4, type: int64, unit: count, description: E.",
      "name: f, aggregate: sum, rule: arrears_e4, type: int64, unit: count, description: F.",
      "name: g, fact: tickets, aggregate: count, where: {category: network, colour: red}, window: 7, type: int32, "
        + "unit: count, description: G.",
      "name: h, fact: bills, aggregate: mean, of: due_date, window: 7, type: int64, unit: count, description: H.",
      "name: i, aggregate: days, of: sms_in_count, windows: [7, life], type: int32, unit: days, description: I.",
      "name: j, aggregate: sum, of: sms_in_count, window: 7, type: int64, unit: count, colour: red, description: J.",
      "name: as_of, aggregate: sum, of: sms_in_count, window: 7, type: int64, unit: count, description: Twice.")
    #expect(
      faults.map { String($0.prefix { $0 != ";" }) } == [
        "1:39: 'voice_out_cuont' is no measure of daily use",
        "2:61: 'sum' needs a window",
        "2:61: a window is a number of days from 1 to 91, or life",
        "3:16: a name is lower-case letters, digits and underscores, beginning with a letter",
        "4:70: 'd' is int64, by the way it is made, not int32",
        "5:25: there is no rule 'arears_e4'",
        "6:9: a field has one of 'aggregate', 'rule' and 'ratio'",
        "7:79: 'colour' is no text or flag of facts/tickets: status, category, channel, queue, "
          + "text_words, has_complaint_words, has_cancel_words, is_reopened, text_category",
        "8:53: 'due_date' is no column of facts/bills of type int64: subscription_id, delivery_id, bill_id, amount_e4",
        "9:9: days with use are known for the last 91 days only",
        "9:16: the name of a row with several windows says where the window stands: {window}",
        "10:90: unknown key 'colour'",
        "11:16: the field 'as_of' is declared twice",
      ])
  }

  @Test func `conditions and names that could mean nothing are faults`() {
    let faults = Self.faults(
      "name: a, fact: payments, aggregate: count, where: {is_failed: no}, window: 7, type: int32, unit: count, "
        + "description: A.",
      "name: b, aggregate: sum, of: sms_in_count, where: {weekday: all}, window: 7, type: int64, unit: count, "
        + "description: B.",
      "name: c, fact: balances, aggregate: newest, of: {from: as_of, to: as_of}, type: int32, unit: days, description: C.",
      "name: \"d_{window}\", rule: arrears_e4, type: int64, unit: count, description: D.")
    #expect(
      faults.map { String($0.drop { $0 != " " }.dropFirst()) } == [
        "'is_failed' is true or false", "a condition of use is 'weekday: workday' or 'weekday: weekend'",
        "one of 'from' and 'to' is a day of the fact", "the name has {window}, but the row has no windows",
      ])
  }

  @Test func `consent is named where it is the basis, and nowhere else`() throws {
    let row = { (name: String, more: String) in
      "name: \(name), aggregate: sum, of: sms_in_count, window: 7, type: int64, unit: count, description: A.\(more)"
    }
    let faults = Self.faults(
      row("a", ", basis: consent"), row("b", ", basis: contract, consent: traffic"),
      row("c", ", basis: consent, consent: marketing"), row("d", ", basis: consent, consent: location"))
    #expect(
      faults.map { String($0.drop { $0 != " " }.dropFirst()) } == [
        "a field on the basis of consent says to what, or its group does: 'consent'",
        "a field that needs consent has 'basis: consent', not 'contract'",
        "'consent' must be one of traffic, location, not 'marketing'",
      ])
    let ratio = "name: r, ratio: {of: d, over: tenure_days}, type: double, unit: ratio, description: R."
    let unguarded = Self.faults(row("d", ", basis: consent, consent: location"), ratio)
    #expect(
      unguarded.map { String($0.drop { $0 != " " }.dropFirst()) } == [
        "'r' is a ratio of 'd', so it needs 'consent: location' as well"
      ])
    let field = try #require(
      try TwinCatalogue.small([row("d", ", basis: consent, consent: location")]).fields.last)
    #expect(field.consent == .location && field.column.isNullable)
    #expect(field.nullMeaning == "no consent to location, or a day of the window is not complete")
  }

  @Test func `the house's fields of calls, messages and places need consent`() {
    for field in TwinCatalogue.house.fields {
      let isUse = !field.sources.filter { ["facts/usage", "facts/counterparties"].contains($0) }.isEmpty
      let isTraffic = isUse && field.basis != .contract && field.name != "margin_28d_e4"
      #expect((field.consent == .traffic) == isTraffic, "\(field.name)")
      #expect((field.consent == .location) == field.sources.contains("facts/cells"), "\(field.name)")
    }
    let open = TwinCatalogue.house.fields.filter { $0.sources.contains("facts/usage") && $0.consent == nil }
    #expect(
      open.map(\.name) == [
        "charge_e4_7d", "charge_e4_28d", "charge_e4_91d", "charge_e4_life", "event_count_7d", "event_count_28d",
        "event_count_91d", "event_count_life", "active_days_7d", "active_days_28d", "active_days_91d",
        "event_count_trend", "event_count_trend_91d", "days_since_last_event", "margin_28d_e4",
      ])
  }

  @Test func `fields of counterparties and cells need the consent that goes with them, and windows of 28 days at most`()
  {
    let row = { (rest: String, consent: String) in "\(rest), basis: consent, consent: \(consent), description: A." }
    let faults = Self.faults(
      row("name: a, fact: counterparties, aggregate: distinct, window: 28, type: int32, unit: count", "location"),
      row("name: b, fact: cells, aggregate: distinct, window: 28, type: int32, unit: count", "traffic"),
      row("name: c, fact: cells, aggregate: distinct, window: 29, type: int32, unit: count", "location"),
      row("name: d, fact: cells, aggregate: new, window: 28, type: int32, unit: count", "location"),
      row("name: e, fact: cells, aggregate: recency, type: int32, unit: days", "location"),
      row(
        "name: f, fact: cells, aggregate: distinct, where: {party: on-net}, window: 7, type: int32, unit: count",
        "location"),
      row(
        "name: g, fact: counterparties, aggregate: top-share, where: {party: own}, window: 7, type: double, unit: ratio",
        "traffic"),
      row("name: h, fact: counterparties, aggregate: events, of: event_count, type: int64, unit: count", "traffic"),
      "name: i, fact: counterparties, aggregate: events, window: 7, type: int64, unit: count, description: A.",
      row("name: j, fact: counterparties, aggregate: outage-cells, window: 7, type: int32, unit: count", "traffic"))
    #expect(
      faults.map { String($0.drop { $0 != " " }.dropFirst()) } == [
        "a field of counterparties has 'basis: consent' and 'consent: traffic'",
        "a field of cells has 'basis: consent' and 'consent: location'",
        "a window of 'distinct' is a number of days from 1 to 28",
        "a window of 'new' is a number of days from 1 to 27",
        "'recency' is no aggregate of cells: distinct, new, events, top-share, outage-minutes, outage-cells",
        "cells have no condition",
        "'party' is one of on-net, off-net, churned", "'events' needs a window",
        "'events' of counterparties has no 'of'",
        "a field of counterparties has 'basis: consent' and 'consent: traffic'",
        "'outage-cells' is an aggregate of cells",
      ])
  }

  @Test func `ratios name fields that are numbers and no ratios`() {
    let ratio = { (name: String, above: String, below: String) in
      "name: \(name), ratio: {of: \(above), over: \(below)}, type: double, unit: ratio, description: R."
    }
    let faults = Self.faults(
      ratio("a", "tenure_dais", "tenure_days"), ratio("b", "tenure_days", "product"), ratio("c", "b", "tenure_days"))
    #expect(
      faults.map { String($0.drop { $0 != "'" }) } == [
        "'a' is a ratio of 'tenure_dais', which is no field; did you mean 'tenure_days'?",
        "'b' is a ratio of 'product', which is no number", "'c' is a ratio of 'b', which is a ratio itself",
      ])
  }

  @Test func `a catalogue without the fields that later stages need is refused`() {
    let text = """
      entity: subscription
      groups:
        - group: one
          purpose: [analytics]
          basis: contract
          fields:
            - {name: status, rule: status, type: string, unit: text, description: Status.}
      """
    let error = #expect(throws: ConfigurationError.self) {
      try TwinCatalogue(ConfigurationDocument(path: "one.yaml", bytes: Array(text.utf8)))
    }
    let messages = error?.problems.map(\.message) ?? []
    #expect(messages.contains("a twin needs the field 'subscription_id', made by the rule of that name"))
    #expect(messages.contains("the first field of a subscription's twin is 'subscription_id'"))
    #expect(!messages.contains { $0.contains("'status'") })
  }

  @Test func `a new field is filled from every fact that is kept, and the night says so`() throws {
    let night = RandomFacts.asOf
    let facts = RandomFacts(seed: 41, gaps: false)
    let small = try TwinCatalogue.small([
      "name: events_7d, aggregate: sum, of: event_count, window: 7, type: int64, unit: count, description: Events."
    ])
    let large = try TwinCatalogue.small([
      "name: events_7d, aggregate: sum, of: event_count, window: 7, type: int64, unit: count, description: Events.",
      "name: events_14d, aggregate: sum, of: event_count, window: 14, type: int64, unit: count, description: Events.",
    ])
    let (home, fresh) = (try FactHome(), try FactHome())
    for other in [home, fresh] { try other.ingest(facts.tables, night: night - 1) }
    #expect(try home.run(night - 1, small).isNew)
    #expect(try !home.run(night - 1, small).isNew)
    let entry = try home.run(night, large).entry
    #expect(entry.warnings.contains { $0.hasPrefix("every fact of use was read") && $0.contains("another version") })
    _ = try fresh.run(night, large)
    #expect(try home.twins.last == fresh.twins.last)
    let table = try ParquetFile.read(home.home.url(try #require(try home.twins.last).name))
    #expect(try table.int64("events_14d").values.contains { $0 > 0 })
    // With the same catalogue it rolls again, and with another one the night is another work.
    #expect(try home.run(night + 1, large).entry.materials.contains { $0.name.hasPrefix("data/state/") })
    #expect(try home.run(night + 1, small).isNew)
  }
}
