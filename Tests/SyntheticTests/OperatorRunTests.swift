import Calendar
import Delivery
import Glibc
import Synthetic
import Testing

@Suite struct OperatorRunTests {
  private func world() throws -> MadeWorld { try MadeWorld.shared.get() }

  private func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return all }
      all += buffer[..<count]
    }
  }

  @Test func `one and two threads make the same bytes, another seed makes others`() throws {
    let two = try world()
    let one = try MadeWorld(seed: 7, subscriptionCount: 600, threadCount: 1)
    #expect(one.files() == two.files())
    #expect(one.files().count > 50)
    for file in one.files() {
      let content = bytes("\(one.folder)/\(file)")
      #expect(!content.isEmpty)
      #expect(content == bytes("\(two.folder)/\(file)"), "\(file)")
    }
    #expect(bytes(one.truthPath) == bytes(two.truthPath))
    let other = try MadeWorld(seed: 8, subscriptionCount: 600, threadCount: 2)
    let name = "2026-11-20/usage-daily_2026-07.csv.gz"
    #expect(bytes("\(other.folder)/\(name)") != bytes("\(one.folder)/\(name)"))
  }

  @Test func `a folder that holds something is refused`() throws {
    let made = try world()
    let settings = WorldSettings(seed: 1, subscriptionCount: 10, until: Day(rawValue: 20_000))
    let run = try OperatorRun(settings, folder: made.folder, threadCount: 1)
    #expect { try run.write() } throws: { ($0 as? SyntheticError)?.code == .outputExists }
  }

  @Test(arguments: [(0, 180, 3), (10, 20, 3), (10, 180, 0), (10, 180, 60)])
  func `settings of no world are refused`(subscribers: Int, days: Int, nights: Int) {
    let settings = WorldSettings(
      seed: 1, subscriptionCount: subscribers, dayCount: days, until: Day(rawValue: 20_000), rawNightCount: nights)
    #expect { try OperatorRun(settings, folder: "/nonexistent", threadCount: 1) } throws: {
      ($0 as? SyntheticError)?.code == .unfitSettings
    }
  }

  @Test func `the catalogue tells the data that a fee includes in 30 days, and none where it is paid by use`() throws {
    let products = try world().rows("2026-11-20/products_2026-11-20.csv")
    let allowances = Dictionary(
      products.map { ($0["product"] ?? "", $0["data_allowance_mb"] ?? "") }, uniquingKeysWith: { $1 })
    #expect(
      allowances == [
        "pre-flex": "", "pre-s": "1071", "pre-m": "3214", "pre-l": "8571", "post-classic": "500", "post-s": "2000",
        "post-m": "5000", "post-l": "15000", "post-xl": "50000", "post-sim": "4000",
      ])
  }

  @Test func `bills are fees and charges to the cent`() throws {
    let made = try world()
    var charges: [String: Int] = [:]
    for row in try made.usageDaily() {
      charges["\(row["subscription"] ?? "") \(row["date"] ?? "")"] = cents(row["charge"])
    }
    let fees = Dictionary(
      try made.rows("2026-11-20/products_2026-11-20.csv").map { (cents($0["monthly_fee"]), true) },
      uniquingKeysWith: { first, _ in first })
    var checkedCount = 0
    for bill in try made.rows("2026-11-20/bills-history_2026-11-20.csv.gz") {
      guard let from = Day(bill["period_start"] ?? ""), let to = Day(bill["period_end"] ?? ""), to - from == 29,
        from >= Day("2026-05-27") ?? from
      else {
        continue
      }
      // The missing day's charges are known to the biller alone.
      guard !(from.rawValue...to.rawValue).contains(Day("2026-06-08")?.rawValue ?? 0) else { continue }
      let used = (0...29).reduce(0) { $0 + (charges["\(bill["subscription"] ?? "") \(from + $1)"] ?? 0) }
      #expect(fees[cents(bill["amount"]) - used] == true, "bill \(bill["bill"] ?? "")")
      checkedCount += 1
    }
    #expect(checkedCount > 300)
  }

  @Test func `a number goes to a stranger after ninety days of rest, and one is in use in the raw nights`() throws {
    let made = try world()
    let rows = try made.rows("2026-11-20/numbers-history_2026-11-20.csv.gz")
    var recycledCount = 0
    for (_, holders) in Dictionary(grouping: rows, by: { $0["number"] ?? "" }) where holders.count > 1 {
      let sorted = holders.sorted { ($0["valid_from"] ?? "") < ($1["valid_from"] ?? "") }
      for (earlier, later) in zip(sorted, sorted.dropFirst()) {
        guard let end = Day(earlier["valid_to"] ?? ""), let start = Day(later["valid_from"] ?? "") else {
          Issue.record("an assignment overlaps")
          continue
        }
        // A move from prepaid to postpaid keeps the number; everybody else waits.
        if start != end {
          #expect(start - end >= 90)
          recycledCount += 1
        }
      }
    }
    #expect(recycledCount > 0)
  }

  @Test func `the missing day is missing and every other day is there`() throws {
    let days = Set(try world().usageDaily().compactMap { $0["date"] })
    #expect(days.count == 176)
    #expect(!days.contains("2026-06-08"))
    #expect(days.contains("2026-05-27"))
    #expect(days.contains("2026-11-19"))
  }

  @Test func `the defects of the law are in the deliveries`() throws {
    let made = try world()
    let files = made.files()
    #expect(files.contains("2026-11-22/tickets-app_2026-11-21.tar.gz"))
    #expect(!files.contains("2026-11-21/tickets-app_2026-11-21.tar.gz"))
    #expect(
      bytes("\(made.folder)/2026-11-21/usage-data_2026-11-21.zip")
        == bytes("\(made.folder)/2026-11-22/usage-data_2026-11-21_resent.zip"))
    let voice = try made.members("2026-11-21/usage-voice_2026-11-21.tar.gz").map(\.text).joined()
    #expect(voice.split(separator: "\n").contains { $0.hasPrefix("V0,") })
    let sequences = made.rows(text: voice).compactMap { Int(($0["record_id"] ?? "").suffix(8)) }.sorted()
    let steps = zip(sequences, sequences.dropFirst()).map { $1 - $0 }
    #expect(steps.contains(13), "a gap of twelve numbers")
    #expect(steps.contains(0), "a row that came twice")
    let consents = try made.rows("2026-11-20/consents-history_2026-11-20.csv.gz")
    #expect(consents.contains { ($0["decided"] ?? "").hasPrefix("2026-06-31") })
    let trailers = try made.nights.map { night in
      let lines = try made.members("\(night)/payments_\(night).csv").map(\.text).joined().split(separator: "\n")
      return (counted: lines.count - 2, said: Int(lines.last?.dropFirst("TRAILER,".count) ?? "") ?? -1)
    }
    #expect(trailers.map { $0.said - $0.counted } == [0, 1, 0])
    #expect(files.contains("2026-11-22/payments_2026-11-21_corrected.csv"))
  }

  @Test func `latents are never delivered and the truth is not among the deliveries`() throws {
    let made = try world()
    for file in made.files() {
      let header = try made.members(file).first?.text.split(separator: "\n").first { !$0.hasPrefix("#") } ?? ""
      for word in ["frailty", "sensitivity", "rival", "hazard", "probability", "truth"] {
        #expect(!header.contains(word), "\(file)")
      }
    }
    #expect(made.rows(text: String(decoding: bytes(made.truthPath), as: UTF8.self)).count == made.summary.truthRowCount)
    #expect(made.summary.truthRowCount > 4_000)
  }

  @Test func `the events of a raw night add up to the day that a longer history tells`() throws {
    let raw = try world()
    // The same world with one raw night: the first two of the three come as daily sums.
    let told = try MadeWorld(seed: 7, subscriptionCount: 600, threadCount: 2, rawNightCount: 1)
    let day = "2026-11-20"
    var sums: [String: Int] = [:]
    for row in try told.usageDaily() where row["date"] == day {
      for (name, value) in row { sums[name, default: 0] += name == "charge" ? cents(value) : Int(value) ?? 0 }
    }
    var events: [String: Int] = [:]
    func add(_ name: String, _ value: Int) { events[name, default: 0] += value }
    var seen: Set<String> = []
    let voice = raw.rows(text: try raw.members("\(day)/usage-voice_\(day).tar.gz").map(\.text).joined())
    let sessions = try raw.rows("\(day)/usage-data_\(day).zip", separator: ";")
    let roaming = try raw.rows("\(day)/usage-roaming_\(day).csv.gz")
    for row in voice + roaming + sessions {
      let id = row["record_id"] ?? row["satz"] ?? ""
      guard id.count == 14, seen.insert(id).inserted else { continue }
      add("event_count", 1)
      add("charge", cents(row["charge"] ?? row["entgelt"]))
      add("data_down_kb", Int(row["kb_empfangen"] ?? row["kb_down"] ?? "0") ?? 0)
      add("data_up_kb", Int(row["kb_gesendet"] ?? row["kb_up"] ?? "0") ?? 0)
      add("dropped_count", row["cause"] == "41" ? 1 : 0)
      add("international_count", row["abroad"] == "1" ? 1 : 0)
      add("roaming_count", row["partner"] == nil ? 0 : 1)
      switch row["type"] {
      case "MOC":
        add("voice_out_count", 1)
        add("voice_out_seconds", Int(row["duration"] ?? row["seconds"] ?? "") ?? 0)
      case "MTC":
        add("voice_in_count", 1)
        add("voice_in_seconds", Int(row["duration"] ?? row["seconds"] ?? "") ?? 0)
      case "SMS-MO": add("sms_out_count", 1)
      case "SMS-MT": add("sms_in_count", 1)
      default: add("data_count", 1)
      }
    }
    #expect(events.count == 14)
    for (name, value) in events { #expect(value == sums[name], "\(name)") }
    #expect((events["event_count"] ?? 0) > 3_000)
  }

  @Test func `the base has the shares of the law`() throws {
    // A world large enough for shares of two percent.
    let made = try MadeWorld(seed: 3, subscriptionCount: 6_000, threadCount: 2, rawNightCount: 1)
    let customers = try made.rows("2026-11-22/customers-history_2026-11-22.csv.gz").filter {
      ($0["recorded"] ?? "") < "2026-05-27" && $0["valid_to"] == ""
    }
    let count = Double(customers.count)
    let others = Double(customers.count { $0["segment"] != "consumer" })
    #expect((0.012...0.030).contains(others / count), "machines and business: \(others / count)")
    let persons = Dictionary(grouping: customers.filter { $0["segment"] == "consumer" }, by: { $0["person"] ?? "" })
    let several = Double(persons.values.count { $0.count > 1 }) / Double(persons.count)
    #expect((0.26...0.34).contains(several), "several SIMs: \(several)")
    let payers = Set(customers.compactMap { $0["payer"] })
    #expect(payers.count < persons.count)
    let begun = try made.rows("2026-11-22/subscriptions-history_2026-11-22.csv.gz").filter {
      $0["event"] == "activation" && ($0["effective_date"] ?? "") < "2026-05-27"
    }
    let prepaid = Double(begun.count { $0["payment_type"] == "prepaid" }) / Double(begun.count)
    #expect((0.67...0.73).contains(prepaid), "prepaid: \(prepaid)")
  }

  @Test func `a prepaid balance is never below zero`() throws {
    let made = try world()
    let balances = try made.rows("2026-11-20/balances-history_2026-11-20.csv.gz")
    #expect(balances.count > 10_000)
    #expect(balances.allSatisfy { !($0["balance"] ?? "-").hasPrefix("-") })
  }
}
