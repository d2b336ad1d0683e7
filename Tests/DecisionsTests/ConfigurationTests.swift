import Columns
import Configuration
import Datasets
import Decisions
import Foundation
import Testing
import Twins

/// The catalogue and the policy as files.
@Suite struct ConfigurationTests {
  static func document(_ text: String, _ path: String) throws(ConfigurationError) -> ConfigurationDocument {
    try ConfigurationDocument(path: path, bytes: Array(text.utf8))
  }

  static func policyProblems(_ text: String) -> [String] {
    do throws(ConfigurationError) {
      _ = try Policy.read(try document(text, "p"), twinSchema: World.twinSchema)
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  static func offerProblems(_ text: String) -> [String] {
    do throws(ConfigurationError) {
      _ = try OfferCatalogue.read(try document(text, "o"), twinSchema: World.twinSchema, purposes: ["marketing"])
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  static func offer(
    id: String = "a", channels: String = "{sms: {cost: 1, acceptance-rate: 0.1}}", discount: String = "{amount: 1}",
    condition: String = "{field: tenure_days, operator: is, value: 1}"
  ) -> String {
    """
    - id: \(id)
      name: A
      campaign: c
      purpose: marketing
      channels: \(channels)
      discount: \(discount)
      effect: {churn-reduction: 0.5}
      eligible: [\(condition)]

    """
  }

  static func condition(_ text: String) -> [String] {
    offerProblems("offers:\n" + offer(condition: "{\(text)}"))
  }

  @Test func `the catalogue and the policy of the house are read`() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    let twin = try TwinCatalogue.load(path: "\(root)/Pipelines/\(TwinCatalogue.subscriptionFile)").schema
    let policy = try Policy.read(.load(path: "\(root)/Pipelines/policy.yaml"), twinSchema: twin)
    let catalogue = try OfferCatalogue.read(
      .load(path: "\(root)/Pipelines/offers.yaml"), twinSchema: twin, purposes: policy.purposes.keys)
    #expect(catalogue.offers.count >= 8)
    #expect(catalogue.offers.map(\.id) == catalogue.offers.map(\.id).sorted())
    #expect(Set(catalogue.offers.flatMap { $0.terms.map(\.channel) }) == Set(ContactChannel.allCases))
    #expect(policy.universalControlShare > 0 && policy.campaignControlShare > 0 && policy.exploration.share > 0)
    #expect(policy.budgetE4 != nil && policy.caps.count >= 4)
  }

  @Test func `an offer is read as written`() throws {
    let text = """
      offers:
        - id: b
          name: B
          campaign: c
          purpose: marketing
          channels: {sms: {cost: 0.04, acceptance-rate: 0.1}, call: {cost: 2.5, acceptance-rate: 1}}
          discount: {fee-share: 0.2, months: 6}
          effect: {churn-reduction: 0.25}
          eligible:
            - {field: payment_type, operator: in, value: [prepaid, postpaid]}
            - {field: is_in_notice, operator: is-not, value: true}
            - {field: churn_probability, operator: above, value: 0.01}
            - {field: tenure_days, operator: not-in, value: [1, 2]}
      """ + "\n" + Self.offer().split(separator: "\n").map { "  " + $0 + "\n" }.joined()
    let catalogue = try OfferCatalogue.read(
      Self.document(text, "o"), twinSchema: World.twinSchema, purposes: ["marketing"])
    #expect(
      catalogue.offers[1]
        == Offer(
          id: "b", name: "B", campaign: "c", purpose: "marketing",
          terms: [
            .init(.call, costE4: 25_000, acceptanceRate: 1), .init(.sms, costE4: 400, acceptanceRate: 0.1),
          ], discount: .feeShare(0.2, months: 6), churnReduction: 0.25,
          conditions: [
            Condition("payment_type", .text(["prepaid", "postpaid"], isAmong: true)),
            Condition("is_in_notice", .flag(false)), Condition("churn_probability", .number(.isAbove, 0.01)),
            Condition("tenure_days", .numbers([1, 2], isAmong: false)),
          ]))
    #expect(catalogue.offers[0].id == "a" && catalogue.offers[0].discount == .amount(10_000))
  }

  @Test func `faults of conditions are located, with suggestions`() throws {
    #expect(
      Self.condition("field: tenure_day, operator: is, value: 1") == [
        "o:9:22: neither the twin nor the score has a field 'tenure_day'; did you mean 'tenure_days'?"
      ])
    #expect(
      Self.condition("field: tenure_days, operator: at-lest, value: 1")[0].contains("did you mean 'at-least'?"))
    #expect(Self.condition("field: tenure_days, operator: is, value: many")[0].contains("a number"))
    #expect(Self.condition("field: tenure_days, operator: is")[0].contains("'value' is missing"))
    #expect(Self.condition("field: tenure_days, operator: in, value: 3")[0].contains("a list of numbers"))
    #expect(Self.condition("field: tenure_days, operator: in, value: []")[0].contains("a list of numbers"))
    #expect(Self.condition("field: status, operator: at-least, value: a")[0].contains("does not fit 'status'"))
    #expect(Self.condition("field: is_in_notice, operator: is, value: maybe")[0].contains("true or false"))
    #expect(Self.condition("field: as_of, operator: is, value: 2026-01-01")[0].contains("is a time"))
    #expect(Self.condition("field: tenure_days, operator: is, value: .nan").count == 1)
    #expect(Self.condition("field: tenure_days, operater: is, value: 1").count == 2)
    #expect(Self.condition("field: tenure_days, operator: is, value: 1") == [])
  }

  @Test func `hostile catalogues are refused`() throws {
    #expect(!Self.offerProblems("").isEmpty)
    #expect(!Self.offerProblems("offers: []").isEmpty)
    #expect(!Self.offerProblems("offers: [1, {}, ~]").isEmpty)
    #expect(Self.offerProblems("offers:\n" + Self.offer() + Self.offer()).contains { $0.contains("defined twice") })
    for id in ["A", "a b", "-a", "a-", "../x", "\"\"", String(repeating: "x", count: 65)] {
      #expect(Self.offerProblems("offers:\n" + Self.offer(id: id)).count == 1, "\(id)")
    }
    #expect(
      Self.offerProblems("offers:\n" + Self.offer(channels: "{smss: {cost: 1, acceptance-rate: 0}}"))[0]
        .contains("did you mean 'sms'?"))
    for channels in [
      "{sms: {cost: -1, acceptance-rate: 0}}", "{sms: {cost: 1, acceptance-rate: 1.5}}",
      "{sms: {cost: 1e99, acceptance-rate: 0}}", "{sms: {cost: 0.00001, acceptance-rate: 0}}", "[sms]",
      "{sms: {acceptance-rate: 0}}", "{sms: 3}",
    ] {
      #expect(!Self.offerProblems("offers:\n" + Self.offer(channels: channels)).isEmpty, "\(channels)")
    }
    for discount in ["{}", "{fee-share: 0.1}", "{amount: 1, months: 3}", "{amount: .inf}", "{amount: lots}"] {
      #expect(!Self.offerProblems("offers:\n" + Self.offer(discount: discount)).isEmpty, "\(discount)")
    }
    let wrongPurpose = "offers:\n" + Self.offer().replacingOccurrences(of: "marketing", with: "marketin")
    #expect(Self.offerProblems(wrongPurpose)[0].contains("did you mean 'marketing'?"))
  }

  @Test func `hostile policies are refused`() throws {
    #expect(Self.policyProblems(DecisionRunTests.policy) == [])
    #expect(!Self.policyProblems("").isEmpty)
    for (good, bad, hint) in [
      ("suspended", "suspnded", "did you mean 'suspended'?"),
      ("unless-withdrawn", "always", "'profiling-consent' must be one of"),
      ("channel-consent: true", "channel-consent: yes please", "true or false"),
      ("days: 7", "days: 0", "between 1 and 3650"), ("contacts: 1}", "contacts: many}", "a whole number"),
      ("capacities: {sms: 60}", "capacities: {sms: 60, fax: 1}", "unknown key 'fax'"),
      ("universal-share: 0.1", "universal-share: 0.9", "between 0.0 and 0.5"),
      ("half-year", "half-yaer", "did you mean 'half-year'?"),
      ("exploration: {share: 0.05, budget: 2.00,", "exploration: {share: 0.05,", "'budget' is missing"),
      ("budget: 2.00", "budget: 41.00", "more than the night's budget"),
      ("contacts: {push: 10}", "contacts: {sms: 61}", "more than the channel's capacity"),
      ("budget: 40.00", "budget: -1", "between"), ("budget: 40.00", "budget: 40.00\nbudget: 4", "more than once"),
    ] {
      let text = DecisionRunTests.policy.replacingOccurrences(of: good, with: bad)
      #expect(text != DecisionRunTests.policy)
      let problems = Self.policyProblems(text)
      #expect(problems.contains { $0.contains(hint) }, "\(bad): \(problems)")
    }
  }
}
