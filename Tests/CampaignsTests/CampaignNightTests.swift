import Calendar
import Campaigns
import Decisions
import Ledger
import Testing
import Vault

@Suite struct CampaignNightTests {
  @Test func `each channel has a list of those who are contacted, best first`() throws {
    let pack = try CampaignWorld().pack()
    #expect(
      pack.files.map(\.name) == [
        "SHA256SUMS", "control.csv", "email.csv", "manifest.json", "sms.csv", "suppressed.csv",
      ])
    let messages = pack.rows("sms.csv")
    #expect(messages.map { $0["msisdn"] } == ["491511230001", "491511230002"])
    #expect(messages.map { $0["priority"] } == ["1", "2"])
    #expect(messages.map { $0["expected_value"] } == ["7.0000", "-0.1234"])
    #expect(messages[0]["cost"] == "0.0400")
    #expect(messages[0]["language"] == "de")
    #expect(messages[1]["language"] == "")
    #expect(messages[0]["earliest_send_at"] == "2026-11-23T08:00:00+00:00")
    #expect(messages[0]["latest_send_at"] == "2026-11-23T19:00:00+00:00")
    #expect(messages[0]["reason_code_1"] == "bill_shock")
    #expect(messages[0]["reason_code_3"] == "")
    #expect(messages.map { $0["score_decile"] } == ["1", "2"])
    #expect(messages.allSatisfy { $0["contact_status"] == "CSD" })
    #expect(pack.rows("email.csv").map { $0["email"] } == ["anna.b+tag@example.org"])
  }

  @Test func `controls and the suppressed are listed by pseudonym, with the reason that came closest`() throws {
    let pack = try CampaignWorld().pack()
    #expect(pack.rows("control.csv").map { $0["arm"] } == ["universal-control", "campaign-control"])
    #expect(pack.rows("control.csv").allSatisfy { $0["contact_status"] == "CTRL" })
    #expect(pack.rows("control.csv")[1]["selection_probability"] == "0.045000")
    let suppressed = pack.rows("suppressed.csv")
    #expect(suppressed.map { $0["reason_code"] } == ["budget", "no-person"])
    #expect(suppressed.map { $0["person"] } == ["p-000000000000006a", ""])
    for name in ["control.csv", "suppressed.csv", "manifest.json"] {
      #expect(!pack.text(name).contains("49151123"), "\(name)")
    }
  }

  @Test func `of several refusals the one by the latest check is told`() throws {
    let cases: [([String], String)] = [
      (["not-eligible:payment_type", "no-consent", "contact-cap"], "no-consent"),
      (["open-complaint", "not-eligible:segment"], "not-eligible:segment"),
      (["not-eligible:segment", "no-score"], "no-score"),
      (["no-profiling-consent", "not-eligible:segment"], "no-profiling-consent"),
    ]
    for (reasons, expected) in cases {
      var world = CampaignWorld()
      world.actions.removeAll { $0.person == 106 }
      world.actions += reasons.map {
        CampaignWorld.Action(subscription: 6, person: 106, offer: "bonus", isEligible: false, reason: $0)
      }
      #expect(try world.pack().rows("suppressed.csv").first?["reason_code"] == expected)
    }
  }

  @Test func `the manifest counts what the files hold, and the sums fit the bytes`() throws {
    let pack = try CampaignWorld().pack()
    let sums = pack.text("SHA256SUMS").split(separator: "\n").map(String.init)
    #expect(
      sums == pack.files.dropFirst().map { "\(SHA256Digest(of: $0.bytes).hex)  \($0.name)" })
    #expect(pack.counts["contacts"] == 3)
    #expect(pack.counts["contacts.sms"] == 2)
    #expect(pack.counts["control.campaign-control"] == 1)
    #expect(pack.counts["suppressed"] == 2)
    #expect(pack.counts["cost_e4"] == 1_200)
    #expect(pack.text("manifest.json").contains("\"name\":\"sms.csv\",\"rows\":2"))
    #expect(try CampaignWorld().pack() == pack)
  }

  @Test func `a contact id says nothing about the person and changes from night to night`() throws {
    let pack = try CampaignWorld().pack()
    let ids = (pack.rows("sms.csv") + pack.rows("email.csv")).compactMap { $0["contact_id"] }
    #expect(Set(ids).count == 3)
    for id in ids { #expect(!pack.text("suppressed.csv").contains(id.dropFirst(2))) }
  }

  private func code(_ change: (inout CampaignWorld) -> Void) -> CampaignsError? {
    var world = CampaignWorld()
    change(&world)
    do {
      _ = try world.pack()
      return nil
    } catch {
      return error as? CampaignsError
    }
  }

  @Test func `no control person gets onto a list, whatever the decisions say`() {
    for arm in ["universal-control", "campaign-control"] {
      #expect(code { $0.arms[0].arm = arm }?.code == .controlInList)
    }
    #expect(code { $0.arms[0].isWithheld = true }?.code == .controlInList)
  }

  @Test func `nobody is contacted twice, not even for two subscriptions`() {
    let error = code {
      $0.actions[1].isWinner = true
    }
    #expect(error?.code == .contactedTwice)
    #expect(error?.exitStatus == 65)
    #expect(code { $0.arms.append($0.arms[0]) }?.code == .contradiction)
  }

  @Test func `decisions and assignments must agree`() {
    #expect(code { $0.arms[0].offer = "bonus" }?.code == .contradiction)
    #expect(code { $0.arms[0].channel = "email" }?.code == .contradiction)
    #expect(code { $0.arms.removeFirst() }?.code == .contradiction)
    #expect(code { $0.actions[0].isWinner = false }?.code == .contradiction)
    #expect(code { $0.actions[0].person = nil }?.code == .contradiction)
  }

  @Test func `a list of another day does not leave`() {
    #expect(code { $0.arms[3].asOf = CampaignWorld.night - 1 }?.code == .wrongDate)
  }

  @Test func `consent must stand at the end of the day, and withdrawal wins`() {
    #expect(code { $0.consents.removeFirst() }?.code == .missingConsent)
    #expect(code { $0.consents.append((101, 2, "sms", "marketing", false)) }?.exitStatus == 77)
    #expect(code { $0.consents.append((101, 1, "sms", "marketing", false)) }?.code == .missingConsent)
    #expect(code { $0.consents.append((101, 2, "email", "marketing", false)) } == nil)
    #expect(code { $0.consents.append((101, 0, "sms", "marketing", false)) } == nil)
    #expect(code { $0.consents.append((101, 2, "any", "profiling", false)) }?.code == .missingConsent)
  }

  @Test func `caps, budget and capacity hold`() {
    #expect(code { $0.contacts = [(101, CampaignWorld.night - 6, "email")] }?.code == .capExceeded)
    #expect(code { $0.contacts = [(101, CampaignWorld.night - 7, "email")] } == nil)
    #expect(code { $0.contacts = [(106, CampaignWorld.night, "email")] } == nil)
    #expect(code { $0.policy.budgetE4 = 1_199 }?.code == .limitExceeded)
    #expect(code { $0.policy.budgetE4 = 1_200 } == nil)
    #expect(code { $0.policy.capacities[ContactChannel.sms.index] = 1 }?.exitStatus == 77)
  }

  @Test func `whoever has no number of their own throughout the window is not contacted`() throws {
    let start = Int64(CampaignWorld.night.rawValue + 1) * 86_400 + 8 * 3_600
    let cases: [(String, [NumberAssignment])] = [
      ("no-number", []),
      ("no-number", [CampaignWorld.assignment(491_511_230_001, 1, to: start)]),
      ("no-number", [CampaignWorld.assignment(491_511_230_001, 1, to: start + 3_600)]),
      (
        "number-reassigned",
        [
          CampaignWorld.assignment(491_511_230_001, 1, to: start + 60),
          CampaignWorld.assignment(491_511_230_001, 9, from: start + 60),
        ]
      ),
      ("unusable-number", [CampaignWorld.assignment(110, 1)]),
    ]
    for (reason, assignments) in cases {
      var world = CampaignWorld()
      world.numbers = assignments + world.numbers.dropFirst()
      let pack = try world.pack()
      #expect(pack.rows("sms.csv").map { $0["msisdn"] } == ["491511230002"])
      let row = pack.rows("suppressed.csv").first { $0["stage"] == "export" }
      #expect(row?["reason_code"] == reason)
      #expect(pack.contacts.count == 2)
      #expect(!pack.warnings.isEmpty)
    }
  }

  @Test func `whoever has no usable address is not mailed`() throws {
    for (email, reason) in [("", "no-address"), ("anna", "unusable-address"), ("ä@example.org", "unusable-address")] {
      var world = CampaignWorld()
      world.addresses = [CampaignWorld.address(103, email)]
      let pack = try world.pack()
      #expect(pack.rows("email.csv").isEmpty)
      #expect(pack.rows("suppressed.csv").first { $0["stage"] == "export" }?["reason_code"] == reason)
    }
  }

  @Test(arguments: [
    "=cmd|' /C calc'!A0", "+1@x.org", "-1@x.org", "@SUM(A1)", " =1@x.org", "a\n=1", "a\tb@x.org", "＝1@x.org",
  ])
  func `an address that a spreadsheet would execute stops the export`(email: String) {
    let error = code { $0.addresses = [CampaignWorld.address(103, email)] }
    #expect(error?.code == .unfitCell)
    #expect(error?.exitStatus == 65)
    #expect(error?.message.contains(email) == false)
  }

  @Test func `a key that would run as a formula stops the export`() {
    let error = code { world in
      world.offerID = "=1+1"
      for index in world.actions.indices where world.actions[index].offer == "renewal" {
        world.actions[index].offer = "=1+1"
      }
      for index in world.arms.indices where world.arms[index].offer != nil { world.arms[index].offer = "=1+1" }
    }
    #expect(error?.code == .unfitCell)
  }
}
