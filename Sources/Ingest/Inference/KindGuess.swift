import Configuration

/// The canonical fields of one kind, each with the columns that may be its source, and how well the kind fits at all.
struct KindGuess {
  /// What becomes of a canonical field.
  enum Choice {
    /// A column is its source.
    case column(FieldCandidate)
    /// The same value for every row.
    case constant(String, reason: String)
    /// No column will do.
    case none
  }

  let kind: FeedKind
  /// One choice a canonical field, in the documentation's order.
  private(set) var choices: [Choice]
  /// Candidates a canonical field, the best first.
  private(set) var candidates: [[FieldCandidate]]
  /// Needed fields without a source.
  private(set) var missing: [String] = []
  /// How well the kind fits: higher is better.
  private(set) var score = 0.0

  /// Fields that a file may tell apart by their meaning for two: one column may say both.
  private static let twins: [String: String] = ["type": "direction", "direction": "type"]

  init(_ kind: FeedKind, _ profiles: [ColumnProfile], fileWords: [String]) {
    self.kind = kind
    let fields = kind.fields
    candidates = fields.map { field in
      profiles.compactMap { FieldCandidate(field, kind, $0) }.sorted { a, b in
        a.score != b.score ? a.score > b.score : a.column < b.column
      }
    }
    choices = fields.map { _ in .none }
    assign(fields)
    setConstants(fields)
    alignTimes(fields, profiles)
    judge(fields, profiles, fileWords)
  }

  /// The choice of a field by name.
  func choice(_ field: String) -> Choice {
    Feed.index(of: field, in: kind).map { choices[$0] } ?? .none
  }

  /// The best pairs first; a column serves one field, but for the twins.
  private mutating func assign(_ fields: [CanonicalField]) {
    var pairs: [(field: Int, candidate: FieldCandidate)] = []
    for index in fields.indices { pairs += candidates[index].map { (index, $0) } }
    pairs.sort { a, b in
      guard a.candidate.score == b.candidate.score else { return a.candidate.score > b.candidate.score }
      guard fields[a.field].isRequired == fields[b.field].isRequired else { return fields[a.field].isRequired }
      return (a.field, a.candidate.column) < (b.field, b.candidate.column)
    }
    var owners: [Int: String] = [:]
    var done: Set<Int> = []
    for (field, candidate) in pairs where !done.contains(field) {
      let name = fields[field].name
      if let owner = owners[candidate.column], KindGuess.twins[name] != owner { continue }
      if isOwnerSettled(name, done, fields) { continue }
      owners[candidate.column] = owners[candidate.column] ?? name
      done.insert(field)
      var candidate = candidate
      // The twin's column is no guess by content alone.
      if owners[candidate.column] != name { candidate.doubts.removeAll { $0 == FieldCandidate.contentDoubt } }
      choices[field] = .column(candidate)
    }
  }

  /// Whether the other of `number` and `subscription` has a source: a row has one owner.
  private func isOwnerSettled(_ name: String, _ done: Set<Int>, _ fields: [CanonicalField]) -> Bool {
    guard kind.isOwned, name == "number" || name == "subscription" else { return false }
    return done.contains { ["number", "subscription"].contains(fields[$0].name) }
  }

  /// What a file of one thing alone leaves out: a file of data sessions has no column that says so.
  private mutating func setConstants(_ fields: [CanonicalField]) {
    guard kind == .usage, let type = Feed.index(of: "type", in: kind), case .none = choices[type] else { return }
    let hasVolume = ["down_bytes", "up_bytes"].contains { if case .column = choice($0) { true } else { false } }
    if hasVolume {
      choices[type] = .constant("data", reason: "it has volumes and no column of types")
    } else if case .column = choice("duration_seconds") {
      choices[type] = .constant("voice", reason: "it has durations and no column of types")
    }
  }

  /// A column of times that is empty in the sample is written like the others, most likely.
  private mutating func alignTimes(_ fields: [CanonicalField], _ profiles: [ColumnProfile]) {
    for index in fields.indices {
      guard case .column(var candidate) = choices[index], candidate.format != nil,
        profiles[candidate.column].filledCount == 0
      else { continue }
      for (other, field) in zip(choices, fields) where field.type == fields[index].type {
        guard case .column(let known) = other, profiles[known.column].time != nil else { continue }
        candidate.format = known.format
        candidate.doubts.append("it is empty in the sample; a format like that of \(field.name) is assumed")
        choices[index] = .column(candidate)
        break
      }
    }
  }

  private mutating func judge(_ fields: [CanonicalField], _ profiles: [ColumnProfile], _ fileWords: [String]) {
    var needed = 0.0
    var neededCount = 0
    var optional = 0.0
    var used: Set<Int> = []
    for (index, field) in fields.enumerated() {
      var value = 0.0
      switch choices[index] {
      case .column(let candidate):
        value = candidate.score
        used.insert(candidate.column)
      case .constant: value = 0.5
      case .none: break
      }
      if field.isRequired {
        neededCount += 1
        needed += value
        if value == 0 { missing.append(field.name) }
      } else if !["number", "subscription"].contains(field.name) || !kind.isOwned {
        optional += value
      }
    }
    if kind.isOwned {
      neededCount += 1
      let owner = ["number", "subscription"].compactMap { name -> Double? in
        if case .column(let candidate) = choice(name) { candidate.score } else { nil }
      }.max()
      needed += owner ?? 0
      if owner == nil { missing.insert("number", at: 0) }
    }
    let coverage = Double(used.count) / Double(max(1, profiles.count))
    let named = KindGuess.fileNames[kind]?.contains { fileWords.contains($0) } ?? false
    score =
      needed / Double(max(1, neededCount)) + 0.03 * min(optional, 6) + 0.3 * coverage + (named ? 0.35 : 0)
      - 0.05 * Double(missing.count)
    // Sums of a day that sum nothing are something else.
    if kind == .usageDaily, used.count < 4 { score -= 0.5 }
    // An outage ends, and is nobody's.
    if kind == .outages {
      if case .none = choice("ended_at") { score -= 0.5 }
      let isSomebodys = profiles.contains { profile in
        ["number", "subscription", "caller", "called"].contains { FieldNames.fit(profile.spellings, $0, .usage) == 1 }
      }
      if isSomebodys { score -= 0.5 }
    }
  }

  /// Words of file names that say what a file holds.
  private static let fileNames: [FeedKind: Set<String>] = [
    .usage: [
      "usage", "cdr", "cdrs", "xdr", "edr", "calls", "call", "voice", "sms", "data", "sessions", "gprs", "roaming",
      "traffic",
      "tap", "master", "verkehr", "trafic", "trafico",
    ],
    .usageDaily: ["daily", "aggregates", "summary"],
    .bills: ["bills", "bill", "invoices", "invoice", "rechnungen", "factures", "facturas", "faturalar", "fatture"],
    .payments: ["payments", "payment", "zahlungen", "paiements", "pagos", "odemeler", "pagamenti"],
    .topUps: ["topups", "topup", "ups", "recharges", "recharge", "reloads", "vouchers", "aufladungen", "recargas"],
    .balances: ["balances", "balance", "guthaben", "soldes", "saldos", "bakiyeler"],
    .tickets: [
      "tickets", "ticket", "cases", "incidents", "helpdesk", "zendesk", "freshdesk", "jira", "otrs", "complaints",
    ],
    .orders: [
      "orders", "order", "fulfilment", "fulfillment", "provisioning", "auftraege", "bestellungen", "commandes",
      "pedidos", "siparisler", "ordini",
    ],
    .outages: [
      "outages", "outage", "downtime", "downtimes", "alarms", "maintenance", "ausfaelle", "stoerungen", "pannes",
      "cortes", "kesintiler", "guasti",
    ],
    .subscriptions: ["subscriptions", "contracts", "transitions", "vertraege", "abonnements", "abonelikler"],
    .numbers: ["numbers", "msisdns", "assignments", "rufnummern", "numeros", "numaralar"],
    .customers: ["customers", "customer", "persons", "kunden", "clients", "clientes", "musteriler", "crm"],
    .consents: ["consents", "consent", "optins", "permissions", "einwilligungen", "izinler"],
    .products: ["products", "product", "plans", "tariffs", "offers", "catalogue", "tarife"],
    .unitCosts: ["costs", "cost"],
    .contacts: ["contacts", "contact", "campaigns", "communications"],
  ]
}
