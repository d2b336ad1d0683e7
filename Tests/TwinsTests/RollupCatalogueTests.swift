import Calendar
import Columns
import Configuration
import Datasets
import Ledger
import Testing
import Twins

@Suite struct RollupCatalogueTests {
  /// A catalogue of customers with these rows beside the needed ones.
  private static func catalogue(_ rows: [String], entity: String = "customer") throws(ConfigurationError)
    -> TwinCatalogue
  {
    let head = [
      "entity: \(entity)", "groups:", "  - group: one", "    purpose: [analytics]", "    basis: contract",
      "    fields:",
      "      - {name: customer_id, rule: customer_id, type: int64, unit: id, description: Key.}",
      "      - {name: as_of, rule: as_of, type: date, unit: day, description: Day.}",
      "      - {name: known_by, rule: known_by, type: date, unit: day, description: Night.}",
    ]
    let lines = head + rows.map { "      - {\($0)}" }
    return try TwinCatalogue(
      ConfigurationDocument(path: "customer.yaml", bytes: Array(lines.joined(separator: "\n").utf8)), of: .customer,
      over: .house)
  }

  /// The faults, counted from the first row.
  private static func faults(_ rows: String...) -> [String] {
    do throws(ConfigurationError) {
      _ = try catalogue(rows)
      return []
    } catch {
      return error.problems.map { "\($0.location.line - 9):\($0.location.column): \($0.message)" }
    }
  }

  @Test func `a rollup has type, window, source and what missing means from what it rolls up`() throws {
    let fields = try Self.catalogue([
      "name: a, rollup: sum, of: margin_28d_e4, type: int64, unit: count, description: A.",
      "name: b, rollup: mean, of: tenure_days, where: {status: active}, type: double, unit: days, description: B.",
      "name: c, rollup: count, where: {margin_28d_e4: {max: -1}, is_in_notice: false}, type: int32, unit: count, "
        + "description: C.",
      "name: d, rollup: share, where: {contract_days_left: {min: 0, max: 30}}, missing: unmet, type: double, "
        + "unit: ratio, description: D.",
      "name: e, rollup: max, of: ticket_count_28d, missing: skipped, type: int32, unit: count, description: E.",
    ]).fields.dropFirst(3)
    #expect(fields.map(\.source) == Array(repeating: "twins/subscription", count: 5))
    #expect(fields.map(\.window) == ["28 days", "life", "28 days", "state", "28 days"])
    #expect(
      fields.map(\.nullMeaning) == [
        "not known of one of its subscriptions", "none of its subscriptions counts",
        "not known of one of its subscriptions", "", "none of its subscriptions counts",
      ])
    #expect(fields.map(\.column.isNullable) == [true, true, true, false, true])
  }

  @Test func `what is wrong with a rollup is said with its place, all at once`() {
    let faults = Self.faults(
      "name: a, rollup: summ, of: tenure_days, type: int64, unit: days, description: A.",
      "name: b, rollup: sum, of: tenure_dais, type: int64, unit: days, description: B.",
      "name: c, rollup: sum, of: bill_shock, type: int64, unit: ratio, description: C.",
      "name: d, rollup: any, type: bool, unit: flag, description: D.",
      "name: e, rollup: count, where: {is_in_notice: maybe}, type: int32, unit: count, description: E.",
      "name: f, rollup: count, where: {tenure_days: 7}, type: int32, unit: count, description: F.",
      "name: g, rollup: count, where: {tenure_days: {min: 8, max: 7}}, type: int32, unit: count, description: G.",
      "name: h, rollup: count, where: {bill_shock: {min: 1}}, type: int32, unit: count, description: H.",
      "name: i, rollup: count, where: {margin_28d_e4: {min: 1}}, missing: skipped, type: int32, unit: count, "
        + "description: I.",
      "name: j, rollup: sum, of: tenure_days, missing: skipped, type: int64, unit: days, description: J.",
      "name: k, rollup: sum, of: tenure_days, per: 10, type: int64, unit: days, description: K.",
      "name: l, rollup: sum, of: tenure_days, type: int32, unit: days, description: L.",
      "name: m, rollup: mean, of: tenure_days, window: 7, missing: ignored, type: double, unit: days, description: M.",
      "name: n, fact: usage, aggregate: sum, of: event_count, window: 7, type: int64, unit: count, description: N.",
      "name: o, rollup: count, rule: product_count, type: int32, unit: count, description: O.",
      "name: p, rule: product_count, missing: unmet, type: int32, unit: count, description: P.")
    #expect(
      faults.map { String($0.prefix { $0 != ";" }) } == [
        "1:27: 'summ' is no way to roll up: count, sum, min, max, mean, any, all, share",
        "2:36: 'tenure_dais' is no field of a subscription's twin",
        "3:36: 'bill_shock' is double: only int32 and int64 are rolled up",
        "4:9: 'any' says of which condition: 'where'",
        "5:56: 'is_in_notice' is true or false",
        "6:55: a condition on a number has 'min', 'max' or both",
        "7:55: a condition on a number has 'min', 'max' or both, the first not greater",
        "8:42: 'bill_shock' is double: a condition is on texts, flags and integers",
        "9:77: 'count' of some of the subscriptions would pass for one of all: not 'skipped'",
        "10:58: 'missing' says nothing here: what is asked is never missing",
        "11:54: 'sum' is no quotient, so it has no 'per'",
        "12:55: 'l' is int64, by the way it is made, not int32",
        "13:58: a rollup has no 'window'",
        "13:70: 'missing' must be one of spoils, skipped, unmet, not 'ignored'",
        "14:25: an aggregate says of which fact, or its group does: contacts",
        "15:9: a field has one of 'aggregate', 'rollup', 'rule' and 'ratio'",
        "16:49: a field that is not rolled up has no 'missing'",
      ])
  }

  @Test func `a file of another kind, without what is needed, is refused`() {
    let wrong = #expect(throws: ConfigurationError.self) { try Self.catalogue([], entity: "product") }
    #expect(wrong?.problems.count == 1)
    let text = """
      entity: customer
      groups:
        - group: one
          purpose: [analytics]
          basis: contract
          fields:
            - {name: subscription_count, rollup: count, type: int32, unit: count, description: Count.}
      """
    let error = #expect(throws: ConfigurationError.self) {
      try TwinCatalogue(
        ConfigurationDocument(path: "one.yaml", bytes: Array(text.utf8)), of: .customer, over: .house)
    }
    let messages = error?.problems.map(\.message) ?? []
    #expect(messages.contains("a twin needs the field 'customer_id', made by the rule of that name"))
    #expect(messages.contains("the first field of a customer's twin is 'customer_id'"))
  }

  @Test func `subscriptions roll nothing up`() {
    let error = #expect(throws: ConfigurationError.self) {
      try TwinCatalogue.small(["name: a, rollup: count, type: int32, unit: count, description: A."])
    }
    #expect(
      error?.problems.map { String($0.message.prefix { $0 != ";" }) } == [
        "a field has one of 'aggregate', 'rule' and 'ratio'", "unknown key 'rollup'",
      ])
  }
}
