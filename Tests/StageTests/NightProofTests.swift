import Calendar
import Columns
import Foundation
import Ledger
import Testing

/// What a whole night promises, shown on the nights of `Samples/` with the real executables.
@Suite struct NightProofTests {
  private func count(_ entry: LogEntry, _ name: String) throws -> Int64 {
    try #require(entry.counts[name], "\(entry.fileName) has no count \(name)")
  }

  @Test func `the nights end well, the lists are whole, and the same commands again change nothing`() throws {
    try Executables.withTemporaryFolder { temporary in
      let sample = try SampleHome.initialized(in: temporary)
      for night in SampleHome.nights {
        let outcome = try sample.run(night)
        #expect([0, 3].contains(outcome.status), "\(night) ended with \(outcome.status):\n\(outcome.errors)")
        let summary = try #require(outcome.errors.split(separator: "\n").last)
        #expect(summary.contains("lists in exports/\(night): "))
        let pack = "\(sample.path)/exports/\(night)"
        let files = try FileManager.default.contentsOfDirectory(atPath: pack).sorted()
        #expect(Set(files).isSuperset(of: ["call.csv", "control.csv", "email.csv", "sms.csv", "suppressed.csv"]))
        for file in files where file.hasSuffix(".csv") {
          let text = try String(contentsOfFile: "\(pack)/\(file)", encoding: .utf8)
          let lineCount = text.utf8.count { $0 == UInt8(ascii: "\n") }
          #expect(summary.contains("\(file) (\(lineCount - 1))"), "the summary does not name \(file)")
        }
        let sums = try sample.shell("cd home/exports/\(night) && sha256sum --strict -c SHA256SUMS")
        #expect(sums.status == 0, "\(sums.output)\(sums.errors)")
        #expect(
          sums.output.split(separator: "\n").compactMap { $0.split(separator: ":").first.map(String.init) }.sorted()
            == files.filter { $0 != "SHA256SUMS" })
      }
      let verified = try sample.shell("\"$NIGHTJAR_BIN/nightjar-audit\" verify --home home --read-data")
      #expect(verified.status == 0, "\(verified.errors)")

      let before = try sample.tree()
      for night in SampleHome.nights {
        let again = try sample.run(night)
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.errors.contains("nothing new"))
        #expect(again.errors.split(separator: "\n").count == 1)
      }
      #expect(SampleHome.difference(before, try sample.tree()) == [])
    }
  }

  @Test func `every count in the manifests adds up`() throws {
    try Executables.withTemporaryFolder { temporary in
      let sample = try SampleHome.initialized(in: temporary)
      try sample.runAllNights()
      let kinds = try kindOfFeed()
      let log = try CommitLog.open(sample.home)
      for entry in log.entries {
        try productsHoldTheirRows(entry, sample)
        let rows = rowsByDataset(entry)
        switch entry.stage {
        case "ingest": try intakeAddsUp(entry, rows, kinds)
        case "twin":
          #expect(try count(entry, "rows") == rows["twins/subscription"])
          #expect(try count(entry, "rows.customer") == rows["twins/customer"])
          #expect(try count(entry, "rows.product") == rows["twins/product"])
          #expect(try count(entry, "processes") == rows["twins/process"])
          #expect(try count(entry, "processes") > 0)
        case "score": #expect(try count(entry, "rows") == rows["scores"])
        case "decide":
          #expect(try count(entry, "actions") == rows["decisions"])
          #expect(try count(entry, "persons") == rows["assignments"])
          let arms = entry.counts.filter { $0.key.hasPrefix("arm.") }.values.reduce(0, +)
          #expect(arms == rows["assignments"])
        case "export": try packAddsUp(entry)
        default: break
        }
      }
      try stateAddsUp(log.state(.head), kinds)
      for night in SampleHome.nights { try stagesAgree(try #require(Day(night)), log) }
      #expect(log.entries.filter { $0.stage == LogEntry.nightStage }.count == 3)
    }
  }

  /// The kind of each feed of the configuration.
  private func kindOfFeed() throws -> [String: String] {
    let folder = Executables.root + "/Pipelines/feeds"
    var kinds: [String: String] = [:]
    for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let lines = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8).split(separator: "\n")
      func value(_ key: String) throws -> String {
        let line = try #require(lines.first { $0.hasPrefix(key + ": ") }, "\(file) has no \(key)")
        return String(line.dropFirst(key.count + 2))
      }
      kinds[try value("feed")] = try value("kind")
    }
    return kinds
  }

  private func rowsByDataset(_ entry: LogEntry) -> [String: Int64] {
    var rows: [String: Int64] = [:]
    for product in entry.products {
      let dataset = product.dataset ?? product.name.split(separator: "/").prefix(2).joined(separator: "/")
      rows[dataset, default: 0] += product.rowCount ?? 0
    }
    return rows
  }

  /// Every product's rows, counted in the file itself.
  private func productsHoldTheirRows(_ entry: LogEntry, _ sample: SampleHome) throws {
    for product in entry.products {
      let path = sample.home.url(product.name)
      if product.name.hasSuffix(".parquet") {
        #expect(try ParquetFile.rowCount(of: path) == product.rowCount, "\(product.name)")
      } else if product.name.hasSuffix(".csv") {
        let lineCount = try Data(contentsOf: URL(fileURLWithPath: path)).count { $0 == UInt8(ascii: "\n") }
        #expect(Int64(lineCount) - 1 == product.rowCount, "\(product.name)")
      }
    }
  }

  private func intakeAddsUp(_ entry: LogEntry, _ rows: [String: Int64], _ kinds: [String: String]) throws {
    for file in entry.files {
      #expect(file.readCount == file.accountedCount, "\(file.name)")
      #expect(file.readCount > 0, "\(file.name)")
    }
    // An entry's counts are of tonight's files; deliveries that were derived again have lines of their own.
    let tonight = entry.files.filter { $0.rederivation == nil }
    func sum(_ path: KeyPath<IntakeFile, Int64>) -> Int64 { tonight.reduce(0) { $0 + $1[keyPath: path] } }
    #expect(try count(entry, "fileCount") == Int64(tonight.count))
    #expect(try count(entry, "readRowCount") == sum(\.readCount))
    #expect(try count(entry, "acceptedRowCount") == sum(\.acceptedCount))
    #expect(try count(entry, "rejectedRowCount") == sum(\.rejectedCount))
    #expect(try count(entry, "duplicateRowCount") == sum(\.duplicateCount))
    #expect(try count(entry, "outOfWindowRowCount") == sum(\.outOfWindowCount))
    // Where deliveries were derived again, products hold rows of earlier nights as well: `stateAddsUp` counts those.
    guard tonight.count == entry.files.count else { return }
    #expect(sum(\.rejectedCount) + sum(\.outOfWindowCount) == rows["rejects"] ?? 0)
    var accepted: [String: Int64] = [:]
    for file in entry.files { accepted[try #require(kinds[file.feed]), default: 0] += file.acceptedCount }
    let oneToOne = [
      "balances", "bills", "consents", "contacts", "orders", "outages", "payments", "products", "subscriptions",
      "tickets", "top-ups",
      "unit-costs",
    ]
    for kind in oneToOne { #expect(accepted[kind] ?? 0 == rows["facts/\(kind)"] ?? 0, "\(kind)") }
    #expect(accepted["customers"] ?? 0 == rows["facts/links"] ?? 0)
    #expect(accepted["numbers"] ?? 0 == rows["vault/numbers"] ?? 0)
    // Usage is summed by day, but each row with a record key leaves its key.
    #expect(accepted["usage"] ?? 0 == rows["keys"] ?? 0)
  }

  /// What lies in force is what the deliveries that count say of themselves, whichever night wrote it.
  private func stateAddsUp(_ state: LiveState, _ kinds: [String: String]) throws {
    func rows(_ dataset: String) -> Int64 { state.products(dataset).reduce(0) { $0 + ($1.rowCount ?? 0) } }
    let files = state.deliveries.map(\.file)
    #expect(files.reduce(0) { $0 + $1.rejectedCount + $1.outOfWindowCount } == rows("rejects"))
    var accepted: [String: Int64] = [:]
    for file in files { accepted[try #require(kinds[file.feed]), default: 0] += file.acceptedCount }
    #expect(accepted["usage"] ?? 0 == rows("keys"))
    for kind in ["bills", "orders", "outages", "payments", "tickets", "top-ups", "subscriptions"] {
      #expect(accepted[kind] ?? 0 == rows("facts/\(kind)"), "\(kind)")
    }
  }

  private func packAddsUp(_ entry: LogEntry) throws {
    func rows(_ file: String) throws -> Int64 {
      try #require(entry.products.first { $0.name.hasSuffix("/\(file)") }?.rowCount)
    }
    for channel in ["call", "email", "push", "sms"] {
      #expect(try count(entry, "contacts.\(channel)") == rows("\(channel).csv"))
    }
    let channels = entry.counts.filter { $0.key.hasPrefix("contacts.") }.values.reduce(0, +)
    #expect(try count(entry, "contacts") == channels)
    #expect(try count(entry, "contacts") == rowsByDataset(entry)["facts/contacts"] ?? 0)
    #expect(try count(entry, "control") == rows("control.csv"))
    #expect(try count(entry, "suppressed") == rows("suppressed.csv"))
    for total in ["control", "suppressed", "cost_e4"] {
      let parts = entry.counts.filter { $0.key.hasPrefix("\(total).") }.values.reduce(0, +)
      #expect(try count(entry, total) == parts, "\(total)")
    }
  }

  /// What one stage hands on is what the next one says that it got.
  private func stagesAgree(_ night: Day, _ log: CommitLog) throws {
    func entry(_ stage: String) throws -> LogEntry {
      try #require(log.entries.last { $0.stage == stage && $0.date == night }, "\(stage) of \(night)")
    }
    let (twin, score, decide, export) = (
      try entry("twin"), try entry("score"), try entry("decide"), try entry("export")
    )
    #expect(try count(twin, "rows") == count(twin, "prepaid") + count(twin, "postpaid"))
    #expect(try count(twin, "rows") == count(score, "rows") + count(score, "notScored"))
    #expect(try count(twin, "rows") == count(decide, "subscriptions"))
    for name in ["contacts.call", "contacts.email", "contacts.push", "contacts.sms"] {
      #expect(try count(decide, name) == count(export, name))
    }
    #expect(try count(decide, "sent.cost_e4") == count(export, "cost_e4"))
    #expect(try count(decide, "sent.value_e4") == count(export, "value_e4"))
    #expect(try count(export, "cost_e4") <= count(decide, "budget_e4"))
    #expect(
      try count(decide, "arm.universal-control") + count(decide, "arm.campaign-control") == count(export, "control"))
  }

  @Test func `pyarrow reads every dataset, with the rows that the log counts`() throws {
    try Executables.withTemporaryFolder { temporary in
      guard
        // No package of Debian: `.ci/run` fetches it where it can.
        try OutsideTools.areThere(
          "python3 -c 'import pyarrow'", for: "another reader's view", isRequired: false, temporary: temporary)
      else { return }
      let sample = try SampleHome.initialized(in: temporary)
      try sample.runAllNights()
      let listed = try sample.shell("\"$NIGHTJAR_BIN/nightjar\" datasets --home home")
      #expect(listed.output.split(separator: "\n").count > 15)
      let read = try sample.shell(
        """
        for d in $("$NIGHTJAR_BIN/nightjar" datasets --home home 2>/dev/null | cut -d' ' -f1); do
          "$NIGHTJAR_BIN/nightjar" datasets $d --home home --paths 2>/dev/null | sed "s|^|$d |"
        done | python3 -c '
        import sys, collections, pyarrow.parquet as parquet
        paths = collections.defaultdict(list)
        for line in sys.stdin:
            name, path = line.rstrip("\\n").split(" ", 1)
            paths[name].append(path)
        for name, files in paths.items():
            rows = parquet.ParquetDataset(files, partitioning=None).read().num_rows
            print(f"{name} files={len(files)} rows={rows}")
        '
        """)
      #expect(read.status == 0, "\(read.errors)")
      #expect(read.output == listed.output)
    }
  }

  @Test func `threads, time zone, language and place change no byte of the home`() throws {
    try Executables.withTemporaryFolder { temporary in
      let one = try SampleHome.initialized(in: temporary)
      let other = try one.copied(as: "second")
      try one.runAllNights("--threads 1", ["TZ": "UTC", "LANG": "C", "LC_ALL": "C"])
      try other.runAllNights(
        "--threads 2", ["TZ": "Pacific/Auckland", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"])
      let tree = try one.tree()
      #expect(tree.count > 500)
      #expect(SampleHome.difference(tree, try other.tree()) == [])
    }
  }

  @Test func `training that fails leaves the night before in force, and running again closes the night`() throws {
    try Executables.withTemporaryFolder { temporary in
      let sample = try SampleHome.initialized(in: temporary)
      #expect([0, 3].contains(try sample.run("2026-11-20").status))
      let undisturbed = try sample.copied(as: "undisturbed")
      // A model that must be trained anew every day, and takes whatever orders leavers better than chance for a leak.
      let prepared = try sample.shell(
        """
        cp -r "$ROOT/Pipelines" config && cd config/models && sed -i \
        -e 's/^retrain-after-days:.*/retrain-after-days: 1/' \
        -e 's/single-feature-auc:.*/single-feature-auc: 0.5/' churn.yaml && grep -c -e 'days: 1$' -e 'auc: 0.5$' churn.yaml
        """)
      #expect(prepared.output == "2\n")
      func view() throws -> String {
        let outcome = try sample.shell(
          """
          cd home && for d in $("$NIGHTJAR_BIN/nightjar" datasets --home . 2>/dev/null | cut -d' ' -f1); do
            "$NIGHTJAR_BIN/nightjar" datasets $d --home . --paths; done; ls -l exports reports | grep -o ' 20.*'
          cat exports/2026-11-20/SHA256SUMS; sqlite3 -readonly catalog.sqlite .schema 2>/dev/null
          """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
      }
      let before = try view()
      #expect(before.contains("/data/scores/") && before.contains("2026-11-20 -> "))

      let failed = try sample.run("2026-11-21", config: sample.folder + "/config")
      #expect(failed.status == 65, "\(failed.errors)")
      #expect(failed.errors.contains("train ended with status 65; the night before stays in force"))
      #expect(try CommitLog.open(sample.home).entries.suffix(2).map(\.stage) == ["ingest", "twin"])
      #expect(try view() == before)
      #expect(try sample.shell("\"$NIGHTJAR_BIN/nightjar\" datasets --home home --date 2026-11-21").status == 66)
      let head = try sample.shell("\"$NIGHTJAR_BIN/nightjar\" datasets twins/subscription --home home --head")
      #expect(head.output.contains("date=2026-11-21"))

      let mended = try sample.run("2026-11-21")
      #expect([0, 3].contains(mended.status), "\(mended.errors)")
      #expect(try view() != before)
      #expect(try sample.shell("\"$NIGHTJAR_BIN/nightjar\" datasets --home home --date 2026-11-21").status == 0)
      #expect([0, 3].contains(try undisturbed.run("2026-11-21").status))
      #expect(SampleHome.difference(try undisturbed.tree(), try sample.tree()) == [])
    }
  }

  @Test func `a dry run of any stage says what it would do and writes nothing`() throws {
    try Executables.withTemporaryFolder { temporary in
      let sample = try SampleHome.initialized(in: temporary)
      func expectUntouched(_ what: String, _ run: () throws -> Executables.Outcome) throws {
        let before = try sample.tree(withTimes: true)
        let outcome = try run()
        #expect([0, 3].contains(outcome.status), "\(what) ended with \(outcome.status):\n\(outcome.errors)")
        #expect(SampleHome.difference(before, try sample.tree(withTimes: true)) == [], "\(what)")
      }
      // Every stage while it has work to do, then once it is done.
      for verb in ["ingest", "twin", "train", "score", "decide", "export", "report"] {
        try expectUntouched("nightjar-\(verb)") { try sample.stage(verb, SampleHome.firstNight, "--dry-run") }
        let real = try sample.stage(verb, SampleHome.firstNight)
        #expect([0, 3].contains(real.status), "nightjar-\(verb) ended with \(real.status):\n\(real.errors)")
        try expectUntouched("nightjar-\(verb), done") { try sample.stage(verb, SampleHome.firstNight, "--dry-run") }
      }
      try expectUntouched("nightjar run") { try sample.run(SampleHome.firstNight, more: "--dry-run") }
      try expectUntouched("nightjar init") { try sample.shell("\"$NIGHTJAR_BIN/nightjar\" init --home home --dry-run") }
      try expectUntouched("nightjar catalog") {
        try sample.shell("\"$NIGHTJAR_BIN/nightjar\" catalog --home home --dry-run")
      }
    }
  }

  @Test func `nights killed at seeded moments and run again equal nights never killed, and no stage outlives them`()
    throws
  {
    try Executables.withTemporaryFolder { temporary in
      guard
        try OutsideTools.areThere(
          "command -v strace && command -v python3", for: "the kills of whole nights", temporary: temporary)
      else { return }
      let outcome = try Executables.shell(
        "TMPDIR=$TMP $ROOT/Pipelines/faults.sh --bin $NIGHTJAR_BIN --sample --only nights", in: temporary,
        temporary: temporary)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("checks held"))
    }
  }

  @Test func `an ingest killed at seeded moments shows nothing, and gives the same bytes when it is run again`() throws
  {
    try Executables.withTemporaryFolder { temporary in
      guard try OutsideTools.areThere("command -v python3", for: "the kills of an ingest", temporary: temporary) else {
        return
      }
      let outcome = try Executables.shell(
        "TMPDIR=$TMP python3 $ROOT/Pipelines/faults.py --root $ROOT --bin $NIGHTJAR_BIN --sample --only ingest-kills",
        in: temporary, temporary: temporary)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("checks held"))
    }
  }
}
