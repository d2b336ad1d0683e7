import Calendar
import Columns
import Datasets
import Glibc
import Ledger
import Reports
import Testing

/// A home with a whole night in its log, as the stages leave it.
private final class ReportHome {
  static let night = Day("2026-11-22")!
  let folder: String
  let home: Home

  init() throws {
    var template = Array("/tmp/nightjar-reports-XXXXXX".utf8CString)
    folder = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    home = Home(path: folder + "/home", keysFolder: folder + "/keys")
    _ = try HomeSetup(home).run()
  }

  deinit { try? SystemCalls.removeContents(of: folder, andItself: true) }

  /// The night of an operator with a feed whose name is markup.
  func fill() throws {
    let night = ReportHome.night
    var voice = IntakeFile(
      feed: "usage-<b>voice</b>", name: "voice_\"1\".tar.gz", sha256: SHA256Digest(of: "1"), byteCount: 1_234_567,
      readCount: 10_012)
    (voice.acceptedCount, voice.rejectedCount, voice.duplicateCount, voice.headerCount) = (9_900, 12, 99, 1)
    voice.from = night
    voice.to = night
    try commit(
      "ingest", [("data/rejects/date=\(night)", rejects), ("data/coverage/date=\(night)", coverage)], files: [voice],
      warnings: ["usage-<b>voice</b>: 12 rows rejected"])
    try commit("twin", [], counts: ["rows": 690, "inNotice": 7, "prepaid": 400, "postpaid": 290])
    try commit("train", [], text: ("data/models/churn/v0001", "metrics", metrics))
    try commit("score", [("data/scores/date=\(night)", scores), ("data/score-drift/date=\(night)", drift)])
    try commit(
      "decide", [("data/decisions/date=\(night)", decisions)],
      counts: [
        "actions": 3, "persons": 3, "subscriptions": 3, "reason.winner": 1, "reason.no-consent": 2, "arm.treated": 1,
        "arm.none": 2, "budget_e4": 1_200_000, "sent.cost_e4": 400, "sent.value_e4": 70_000,
      ])
    try commit(
      "export", [],
      counts: [
        "contacts": 1, "contacts.sms": 1, "contacts.email": 0, "cost_e4": 400, "cost_e4.sms": 400, "value_e4": 70_000,
        "control": 40, "suppressed": 2, "suppressed.no-consent": 2,
      ])
  }

  func commit(
    _ stage: String, _ tables: [(String, Table)], counts: [String: Int64] = [:], files: [IntakeFile] = [],
    warnings: [String] = [], text: (folder: String, role: String, text: String)? = nil, materials: [Material] = []
  ) throws {
    let transaction = try Transaction.begin(
      home, stage: stage, date: ReportHome.night, materials: materials,
      configDigest: SHA256Digest(of: stage + (text?.folder ?? "")))
    for (index, (folder, table)) in tables.enumerated() {
      let path = transaction.stagingPath("\(index)")
      try ParquetFile.write(table, to: path)
      try transaction.add(stagedPath: path, folder: folder, fileName: .digest(ext: "parquet"))
    }
    if let text {
      let path = transaction.stagingPath("text")
      try SystemCalls.writeFile(path, Array(text.text.utf8))
      try transaction.add(stagedPath: path, folder: text.folder, fileName: .role(text.role, ext: "json"))
    }
    try transaction.commit(counts: counts, files: files, warnings: warnings)
  }

  private var rejects: Table {
    let count = 12
    func all(_ text: String) -> Column { .string(TypedColumn([String](repeating: text, count: count))) }
    return Table(
      Schema([
        ColumnField("feed", .string), ColumnField("file", .string), ColumnField("code", .string),
        ColumnField("column", .string, isNullable: true), ColumnField("line", .int64),
        ColumnField("masked", .string),
      ]),
      [
        all("usage-<b>voice</b>"), all("voice_\"1\".tar.gz"), all("bad-timestamp"), all("started_at"),
        .int64(TypedColumn((1...Int64(count)).map { $0 })), all("999x<script>"),
      ])
  }

  private var coverage: Table {
    let days = (0..<30).map { ReportHome.night.rawValue - Int32($0) }
    return Table(
      Dataset.coverage.schema,
      [
        .date(TypedColumn(days)), .date(TypedColumn(days.map { _ in ReportHome.night.rawValue })),
        .string(TypedColumn(days.map { _ in "usage" })), .bool(TypedColumn(days.map { $0 % 9 != 0 })),
      ])
  }

  private var scores: Table {
    let count = 50
    return Table(
      Schema([
        ColumnField("horizon_days", .int32), ColumnField("churn_probability", .double),
        ColumnField("reason_1", .string, isNullable: true), ColumnField("model", .string),
      ]),
      [
        .int32(TypedColumn([Int32](repeating: 30, count: count))),
        .double(TypedColumn((0..<count).map { Double($0) / 500 })),
        .string(
          TypedColumn(optionals: (0..<count).map { $0 % 3 == 0 ? "bill_shock" : "tenure_days" }, placeholder: "")),
        .string(TypedColumn([String](repeating: "churn/v0001", count: count))),
      ])
  }

  private var drift: Table {
    Table(
      Schema([
        ColumnField("input", .string), ColumnField("row_count", .int64), ColumnField("missing_count", .int64),
        ColumnField("unseen_count", .int64), ColumnField("reference_row_count", .int64),
        ColumnField("reference_missing_count", .int64), ColumnField("psi", .double, isNullable: true),
        ColumnField("moved", .string),
      ]),
      [
        .string(TypedColumn(["tenure_days", "<i>region", "churn_probability"])),
        .int64(TypedColumn([50, 50, 50])), .int64(TypedColumn([0, 20, 0])), .int64(TypedColumn([0, 5, 0])),
        .int64(TypedColumn([400, 400, 400])), .int64(TypedColumn([0, 4, 0])),
        .double(TypedColumn(optionals: [0.02, 1.234, 0.4], placeholder: 0)),
        .string(TypedColumn(["", "psi, missing", "psi"])),
      ])
  }

  private var decisions: Table {
    Table(
      Schema([
        ColumnField("offer", .string), ColumnField("channel", .string), ColumnField("is_winner", .bool),
        ColumnField("value_e4", .int64, isNullable: true), ColumnField("cost_e4", .int64, isNullable: true),
      ]),
      [
        .string(TypedColumn(["renewal", "renewal", "bonus"])), .string(TypedColumn(["sms", "email", "any"])),
        .bool(TypedColumn([true, false, false])), .int64(TypedColumn(optionals: [70_000, 1, nil], placeholder: 0)),
        .int64(TypedColumn(optionals: [400, 30, nil], placeholder: 0)),
      ])
  }

  private var metrics: String {
    """
    {"definitionVersion": 1, "test": {"asOf": ["2026-09-20"], "rows": 600, "positives": 14},
     "gradient": {"pooled": {"rowCount": 600, "positiveCount": 14, "auc": 0.8123, "calibrationSlope": 0.97,
       "liftTopDecile": 4.2, "liftByDecile": [4.2, 1.5, 1.1, 0.9, 0.7, 0.5, 0.4, 0.3, 0.2, 0.2]},
       "prepaid": {"rowCount": 300, "positiveCount": 8, "auc": 0.79}, "postpaid": {"rowCount": 300, "positiveCount": 6}},
     "logistic": {"pooled": {"rowCount": 600, "positiveCount": 14, "auc": 0.7654}}}
    """
  }

  func run() throws -> ReportRun.Outcome {
    try ReportRun(home, night: ReportHome.night, versions: ["nightjar": "test"]).run()
  }

  func page() throws -> String {
    let pages = try CommitLog.open(home).state(.head).products(under: "reports/.pages/")
    #expect(pages.count == 1)
    return String(decoding: try SystemCalls.readFile(home.url(pages[0].name)), as: UTF8.self)
  }
}

@Suite struct NightReportTests {
  @Test func `the page says what came, what was rejected, how good the model is and who is contacted`() throws {
    let scene = try ReportHome()
    try scene.fill()
    _ = try scene.run()
    let page = try scene.page()
    for figure in [
      "Night of 2026-11-22", "Sunday", "10\u{202F}011", "98.9 %", "0.812", "0.765", "4.20", "bill_shock", "no-consent",
      "sms.csv", "7.00", "0.04", "690", "2026-09-20", "bad-timestamp", "nightjar-audit verify", "log/00000007.json",
    ] {
      #expect(page.contains(figure), "\(figure)")
    }
  }

  @Test func `inputs that moved since the training are shown, the furthest first, and others are not`() throws {
    let scene = try ReportHome()
    try scene.fill()
    _ = try scene.run()
    let page = try scene.page()
    let start = try #require(page.firstRange(of: "Moved since the training")).upperBound
    let table = page[start...]
    for figure in ["&lt;i&gt;region", "1.23", "40.0 %", "1.0 %", "10.0 %", "churn_probability"] {
      #expect(table.contains(figure), "\(figure)")
    }
    #expect(!table.contains("0.02<"))
  }

  @Test func `the metrics shown are those of the version that scored, not of the newest`() throws {
    let scene = try ReportHome()
    try scene.fill()
    let champion = try #require(
      try CommitLog.open(scene.home).state(.head).products(under: "data/models/churn").first)
    try scene.commit(
      "train", [], text: ("data/models/churn/v0002", "metrics", "{\"gradient\": {\"pooled\": {\"auc\": 0.4567}}}"))
    _ = try scene.run()
    // Without a scoring that names its model the newest version is shown.
    #expect(try scene.page().contains("0.457"))
    try scene.commit("score", [], materials: [Material(champion)])
    _ = try scene.run()
    let page = try scene.page()
    #expect(page.contains("0.812") && !page.contains("0.457"))
  }

  @Test func `what comes from outside is text, never markup, and nothing is loaded from elsewhere`() throws {
    let scene = try ReportHome()
    try scene.fill()
    _ = try scene.run()
    let page = try scene.page()
    #expect(page.contains("usage-&lt;b&gt;voice&lt;/b&gt;"))
    #expect(page.contains("voice_&quot;1&quot;.tar.gz"))
    for forbidden in ["<b>voice", "<script", "http:", "https:", "src=", "href=", "url(", "@import", "999x"] {
      #expect(!page.contains(forbidden), "\(forbidden)")
    }
    #expect(page.utf8.count < NightReport.maximumByteCount)
    for name in ["html", "head", "body", "main", "section", "table", "svg", "details", "div", "p", "h2", "h3"] {
      let begins = page.components(of: "<\(name)>") + page.components(of: "<\(name) ")
      #expect(begins == page.components(of: "</\(name)>"), "\(name)")
    }
  }

  @Test func `a report is made once, and again when the night changes`() throws {
    let scene = try ReportHome()
    try scene.fill()
    guard case .published(let first) = try scene.run() else { Issue.record("not published"); return }
    guard case .alreadyDone(let again) = try scene.run() else { Issue.record("not recognised"); return }
    #expect(first == again)
    _ = try Night(scene.home, date: ReportHome.night).close(configDigest: SHA256Digest(of: ""), versions: [:])
    guard case .alreadyDone = try scene.run() else { Issue.record("the night entry changed it"); return }
    try scene.commit("twin", [], counts: ["rows": 691])
    #expect(try scene.page().contains(">690<"))
    guard case .alreadyDone = try scene.run() else {
      #expect(try scene.page().contains(">691<"))
      return
    }
    Issue.record("a new entry of the night was not seen")
  }

  @Test func `metrics that cannot be read stop the report, they are no missing model`() throws {
    let scene = try ReportHome()
    try scene.commit("train", [], text: ("data/models/churn/v0001", "metrics", "{\"test\": 7"))
    let error = #expect(throws: ReportsError.self) { try scene.run() }
    #expect(error?.code == .damagedMetrics)
    #expect(error?.exitStatus == 65)
  }

  @Test func `a night that only read files has a page too, one without entries has none`() throws {
    let scene = try ReportHome()
    let error = #expect(throws: ReportsError.self) { try scene.run() }
    #expect(error?.exitStatus == 66)
    try scene.commit("twin", [], counts: ["rows": 1])
    _ = try scene.run()
    #expect(try scene.page().contains("No delivery was read this night."))
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(of text: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: text) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
