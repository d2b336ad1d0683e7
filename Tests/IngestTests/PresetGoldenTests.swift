import Calendar
import Columns
import Configuration
import Datasets
import FoundationEssentials
import Ingest
import Ledger
import Testing
import Vault

/// A folder `Presets/<name>/`: `feed.yaml` (which names the preset), and for `good` and `bad` a delivery and what becomes of
/// it: the counts of its line in the log, its facts, and its rejects with line, bytes, column and code; or its refusal.
struct PresetCase: CustomTestStringConvertible, Sendable {
  var folder: String
  var delivery: String
  var testDescription: String { "\(folder.split(separator: "/").last ?? "") \(delivery)" }

  static let all: [PresetCase] = {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/Presets")) ?? []
    return names.sorted().flatMap { name in
      ["good", "bad"].map { PresetCase(folder: "\(root)/Presets/\(name)", delivery: $0) }
    }
  }()

  /// The delivery: `good.csv`, `bad.json` and so on.
  func bytes() throws -> [UInt8] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(delivery + ".") }
    #expect(names.count == 1)
    return try Array(Data(contentsOf: URL(filePath: "\(folder)/\(names.first ?? delivery)")))
  }

  func text(_ name: String) throws -> String {
    try String(decoding: Data(contentsOf: URL(filePath: "\(folder)/\(name)")), as: UTF8.self)
  }
}

@Suite struct PresetGoldenTests {
  private static let presets =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/") + "/Pipelines/presets"

  /// Names that deliveries give to subscriptions, so that facts can be read.
  private static let subscriptions = (1...5).map { "S-\($0)" }

  private func world(_ test: PresetCase) throws -> IngestWorld {
    let world = try IngestWorld()
    let folder = world.folder + "/config/presets"
    try FileManager.default.copyItem(atPath: Self.presets, toPath: folder)
    try world.feed("golden", try test.text("feed.yaml"))
    try world.feed(
      "numbers",
      """
      kind: numbers
      files: "numbers_*"
      columns: {number: {from: number}, subscription: {from: subscription}, valid_from: {from: from}}
      """)
    let rows = (1...5).map { "+49170000000\($0),S-\($0),2026-01-01\n" }
    try world.deliver("numbers_1", "number,subscription,from\n" + rows.joined())
    return world
  }

  /// What became of a delivery, as the expected files say it.
  private func outcome(_ world: IngestWorld, _ dataset: Dataset) throws -> String {
    let report = try world.night("2026-11-22")
    if let refusal = report.warnings.first(where: { $0.contains("delivery is refused") }) { return refusal + "\n" }
    let intake = try world.intake("delivery")
    var lines = [
      "read \(intake.readCount) accepted \(intake.acceptedCount) rejected \(intake.rejectedCount) duplicate "
        + "\(intake.duplicateCount) out-of-window \(intake.outOfWindowCount) header \(intake.headerCount) comment "
        + "\(intake.commentCount) blank \(intake.blankCount)"
    ]
    #expect(
      intake.readCount == intake.acceptedCount + intake.rejectedCount + intake.duplicateCount
        + intake.outOfWindowCount + intake.headerCount + intake.commentCount + intake.blankCount + intake.trailerCount)
    lines += try facts(try world.table(dataset), try world.key()).sorted()
    if dataset.name == Dataset.usage.name {
      lines.append("counterparties \(Set(try world.table(.counterparties).int64("counterparty_hash").values).count)")
    }
    let rejects = try world.table(.rejects)
    for row in 0..<rejects.rowCount {
      lines.append(
        "line \(try rejects.int64("line").values[row]) record-byte \(try rejects.int64("record_byte").values[row]) "
          + "error-byte \(try rejects.int64("error_byte").values[row]) column "
          + "\(try rejects.int32("column_index")[row].map(String.init) ?? "-") \(try rejects.string("column")[row] ?? "-") "
          + "\(try rejects.string("code").values[row]) masked \(try rejects.string("masked").values[row])")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One line a row: what is not missing and not zero; identifiers but the subscription's are left out, and what is hashed
  /// under the world's own key.
  private func facts(_ table: Table, _ key: PseudonymKey) throws -> [String] {
    let names = Dictionary(
      uniqueKeysWithValues: Self.subscriptions.map { (key.pseudonym(.subscription, $0), $0) })
    let subscription = try table.int64("subscription_id").values
    return (0..<table.rowCount).map { row in
      var line = names[subscription[row]] ?? "another"
      for (field, column) in zip(table.schema.fields, table.columns)
      where !["known_date", "text_words"].contains(field.name) && !field.name.hasSuffix("_id") {
        let text: String?
        switch column {
        case .date(let values): text = values[row].map { Day(rawValue: $0).description }
        case .int32(let values): text = values[row].map(String.init)
        case .int64(let values), .timestamp(let values): text = values[row].flatMap { $0 == 0 ? nil : String($0) }
        case .bool(let values): text = values[row] == true ? "true" : nil
        case .string(let values): text = values[row]
        case .double(let values): text = values[row].map { "\($0)" }
        }
        if let text { line += " \(field.name)=\(text)" }
      }
      return line
    }
  }

  private func dataset(_ test: PresetCase) throws -> Dataset {
    let kind = try Feed.read(
      ConfigurationDocument(
        path: Self.presets + "/../feeds/golden.yaml", bytes: Array("feed: golden\n\(try test.text("feed.yaml"))".utf8))
    ).kind
    switch kind {
    case .bills: return .bills
    case .payments: return .payments
    case .tickets: return .tickets
    case .subscriptions: return .subscriptions
    default: return .usage
    }
  }

  @Test(arguments: PresetCase.all)
  func `a preset reads its system's files and rejects what is wrong`(test: PresetCase) throws {
    let world = try world(test)
    try world.deliver("delivery", try test.bytes())
    let found = try outcome(world, dataset(test))
    #expect(try found == test.text("expected-\(test.delivery)"), "found:\n\(found)")
  }

  @Test func `every preset has golden files`() throws {
    let covered = try Set(
      PresetCase.all.compactMap { test in
        try test.text("feed.yaml").split(separator: "\n").first { $0.hasPrefix("preset: ") }?.dropFirst(
          "preset: ".count)
      }.map(String.init))
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.presets).filter { $0.hasSuffix(".yaml") }
    #expect(Set(files.map { String($0.dropLast(".yaml".count)) }) == covered)
  }
}
