import Calendar
import Columns
import Datasets
import Ledger

/// The files that a night's report depends on, and their sums.
struct ReportSources: Sendable {
  static let stage = "report"
  /// The days of the coverage grid: five weeks, as far back as late deliveries usually reach.
  private static let coverageDayCount = 35
  /// The most inputs shown that moved.
  private static let driftLimit = 10
  /// The most reasons shown.
  private static let reasonLimit = 10

  let night: Day
  private let log: CommitLog
  private let state: LiveState
  private let entryIndices: [Int]

  init(_ log: CommitLog, night: Day) throws(ReportsError) {
    self.night = night
    self.log = log
    state = log.state(.knownBy(night))
    entryIndices = log.entries.indices.filter { index in
      let entry = log.entries[index]
      return entry.date == night && entry.stage != ReportSources.stage && entry.stage != LogEntry.nightStage
    }
    guard !entryIndices.isEmpty else {
      throw ReportsError(.missingInput, "the log has no entry of \(night); run its stages first")
    }
  }

  private func ofNight(_ dataset: Dataset) -> [Product] { state.products(dataset.name, where: ["date": "\(night)"]) }

  private var coverage: [Product] { state.products(Dataset.coverage.name) }

  private var refusals: [Product] { state.products("refusals", where: ["date": "\(night)"]) }

  /// The metrics of the model version that scored the night; without scores, of the newest one.
  private var metrics: Product? {
    let read = log.entries.last { $0.stage == "score" && $0.date == night }?.materials.map(\.name) ?? []
    let ofScoring = Set(read.filter(ReportSources.isMetrics))
    if let product = state.products(under: "data/models/churn/").first(where: { ofScoring.contains($0.name) }) {
      return product
    }
    let made = log.entries.filter { $0.date <= night }.flatMap(\.products)
    let live = Set(state.products(under: "data/models/churn/").map(\.name))
    return made.last { live.contains($0.name) && ReportSources.isMetrics($0.name) }
  }

  private static func isMetrics(_ name: String) -> Bool {
    let fileName = name.split(separator: "/").last ?? ""
    return fileName.hasPrefix("metrics-") && fileName.hasSuffix(".json")
  }

  /// Everything that is read, for the log: data files and the night's entries.
  var materials: [Material] {
    let products =
      ofNight(.rejects) + refusals + coverage + ofNight(.scores) + ofNight(.scoreDrift) + ofNight(.decisions)
      + (metrics.map { [$0] } ?? [])
    return products.map(Material.init)
      + entryIndices.map { Material(name: log.entries[$0].fileName, digest: digest(ofEntry: $0)) }
  }

  /// An entry's digest stands in the entry behind it.
  private func digest(ofEntry index: Int) -> SHA256Digest {
    index + 1 < log.entries.count ? log.entries[index + 1].previous ?? log.headDigest : log.headDigest
  }

  /// Reads and sums up everything.
  func read(_ home: Home) throws -> ReportFacts {
    var facts = ReportFacts(night: night)
    facts.entries = entryIndices.map { ReportFacts.Entry(entry: log.entries[$0], digest: digest(ofEntry: $0)) }
    let key = log.entries.first?.products.first { $0.name == "signing.pub" }
    facts.origin = "nightjar/\(key?.digest.hex.prefix(16) ?? "")"
    facts.rejects = try defects(ofNight(.rejects), home, column: "column", line: "line")
    facts.refusals = try defects(refusals, home, column: nil, line: nil)
    facts.coverageDays = (0..<ReportSources.coverageDayCount).map { night - (ReportSources.coverageDayCount - 1 - $0) }
    facts.coverage = try coverageStates(home, facts.coverageDays)
    facts.metrics = try metrics.map { try ModelMetrics(SystemCalls.readFile(home.url($0.name)), name: $0.name) }
    facts.scores = try scores(home)
    facts.drift = try drift(home)
    facts.cells = try cells(home)
    return facts
  }

  private func defects(_ products: [Product], _ home: Home, column: String?, line: String?) throws
    -> [ReportFacts.Defect]
  {
    var found: [[String]: ReportFacts.Defect] = [:]
    for product in products {
      let table = try ParquetFile.read(
        home.url(product.name), columns: ["feed", "file", "code"] + [column, line].compactMap { $0 })
      let feeds = try table.string("feed")
      let files = try table.string("file").values
      let codes = try table.string("code").values
      let columns = try column.map { try table.string($0) }
      let lines = try line.map { try table.int64($0).values }
      for row in 0..<table.rowCount {
        let key = [feeds[row] ?? "", columns.flatMap { $0[row] } ?? "", codes[row]]
        let place = files[row] + (lines.map { ", line \($0[row])" } ?? "")
        found[
          key, default: ReportFacts.Defect(feed: key[0], column: key[1], code: key[2], count: 0, place: place)
        ].count += 1
      }
    }
    return found.values.sorted { ($1.count, $0.feed, $0.code, $0.column) < ($0.count, $1.feed, $1.code, $1.column) }
  }

  private func coverageStates(_ home: Home, _ days: [Day]) throws -> [(family: String, states: [ReportFacts.DayState])]
  {
    guard let first = days.first else { return [] }
    var newest: [String: [Int32: (known: Int32, isComplete: Bool)]] = [:]
    for product in coverage {
      let table = try ParquetFile.read(home.url(product.name))
      let dates = try table.date("event_date").values
      let known = try table.date("known_date").values
      let families = try table.string("family").values
      let flags = try table.bool("is_complete").values
      for row in 0..<table.rowCount {
        var states = newest[families[row], default: [:]]
        defer { newest[families[row]] = states }
        guard dates[row] >= first.rawValue, known[row] <= night.rawValue else { continue }
        let other = states[dates[row]]
        if let other, other.known > known[row] { continue }
        let isComplete = flags[row] && (other?.known == known[row] ? other?.isComplete ?? true : true)
        states[dates[row]] = (known[row], isComplete)
      }
    }
    return newest.sorted { $0.key < $1.key }.map { family, states in
      (
        family,
        days.map { day in states[day.rawValue].map { $0.isComplete ? .complete : .incomplete } ?? .unknown }
      )
    }
  }

  private func scores(_ home: Home) throws -> ReportFacts.Scores? {
    var probabilities: [Double] = []
    var reasons: [String: Int64] = [:]
    var models: Set<String> = []
    for product in ofNight(.scores) {
      let table = try ParquetFile.read(
        home.url(product.name), columns: ["horizon_days", "churn_probability", "reason_1", "model"])
      let horizons = try table.int32("horizon_days").values
      let reason = try table.string("reason_1")
      let probability = try table.double("churn_probability").values
      models.formUnion(try table.string("model").values)
      guard let shortest = horizons.min() else { continue }
      for row in horizons.indices where horizons[row] == shortest {
        probabilities.append(probability[row])
        if let field = reason[row] { reasons[field, default: 0] += 1 }
      }
    }
    guard !probabilities.isEmpty else { return nil }
    probabilities.sort(by: >)
    var scores = ReportFacts.Scores()
    scores.rowCount = Int64(probabilities.count)
    scores.model = models.sorted().joined(separator: ", ")
    scores.meanByTenth = (0..<10).compactMap { tenth in
      let range = (tenth * probabilities.count / 10)..<((tenth + 1) * probabilities.count / 10)
      return range.isEmpty ? nil : probabilities[range].reduce(0, +) / Double(range.count)
    }
    scores.firstReasons = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .prefix(ReportSources.reasonLimit).map { ($0.key, $0.value) }
    return scores
  }

  /// The inputs of the model, and the scores, that moved furthest since the training.
  private func drift(_ home: Home) throws -> [ReportFacts.Drift] {
    var found: [ReportFacts.Drift] = []
    for product in ofNight(.scoreDrift) {
      let table = try ParquetFile.read(
        home.url(product.name),
        columns: [
          "input", "row_count", "missing_count", "unseen_count", "reference_row_count", "reference_missing_count",
        ]
          + ["psi", "moved"])
      let (inputs, moved) = (try table.string("input").values, try table.string("moved").values)
      let (rows, missing) = (try table.int64("row_count").values, try table.int64("missing_count").values)
      let unseen = try table.int64("unseen_count").values
      let usualRows = try table.int64("reference_row_count").values
      let usualMissing = try table.int64("reference_missing_count").values
      let psi = try table.double("psi")
      found += inputs.indices.filter { !moved[$0].isEmpty }.map { row in
        ReportFacts.Drift(
          input: inputs[row], psi: psi[row], rowCount: rows[row], missingCount: missing[row], unseenCount: unseen[row],
          usualRowCount: usualRows[row], usualMissingCount: usualMissing[row])
      }
    }
    let order = found.sorted { ($1.psi ?? 0, $0.input) < ($0.psi ?? 0, $1.input) }
    return Array(order.prefix(ReportSources.driftLimit))
  }

  private func cells(_ home: Home) throws -> [ReportFacts.ListCell] {
    var cells: [[String]: ReportFacts.ListCell] = [:]
    for product in ofNight(.decisions) {
      let table = try ParquetFile.read(
        home.url(product.name), columns: ["offer", "channel", "is_winner", "value_e4", "cost_e4"])
      let offers = try table.string("offer").values
      let channels = try table.string("channel").values
      let winners = try table.bool("is_winner").values
      let values = try table.int64("value_e4")
      let costs = try table.int64("cost_e4")
      for row in winners.indices where winners[row] {
        let key = [offers[row], channels[row]]
        var cell = cells[key] ?? ReportFacts.ListCell(offer: key[0], channel: key[1])
        cell.contactCount += 1
        cell.valueE4 += values[row] ?? 0
        cell.costE4 += costs[row] ?? 0
        cells[key] = cell
      }
    }
    return cells.values.sorted { ($1.contactCount, $0.offer, $0.channel) < ($0.contactCount, $1.offer, $1.channel) }
  }
}
