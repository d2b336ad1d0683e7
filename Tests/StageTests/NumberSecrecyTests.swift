import Foundation
import Ledger
import Testing

/// Phone numbers stay in the vault and in the lists.
@Suite struct NumberSecrecyTests {
  /// The numbers of the customers and of everybody whom they called.
  private func canary(_ sample: SampleHome) throws -> NumberCanary {
    let outcome = try sample.shell(
      #"""
      cd "$ROOT/Samples/deliveries"
      cat */numbers_*.csv | cut -d, -f1
      zcat */numbers*.csv.gz | cut -d, -f1
      for f in */usage-voice_*.tar.gz; do tar -xzOf "$f"; done | tr ',;' '\n\n' | grep -aE '^(0|\+|00)[0-9]{9,14}$'
      """#)
    return NumberCanary(outcome.output)
  }

  @Test func `no phone number stands outside the vault and the lists`() throws {
    try Executables.withTemporaryFolder { temporary in
      let sample = try SampleHome.initialized(in: temporary)
      let canary = try canary(sample)
      #expect(canary.count > 1_000)
      let said = try sample.runAllNights("--log json")
      #expect(canary.firstNumber(in: said.utf8) == nil, "standard error names a number")
      let listed = try sample.shell(
        "for s in log verify; do \"$NIGHTJAR_BIN/nightjar-audit\" $s --home home; done; "
          + "\"$NIGHTJAR_BIN/nightjar\" datasets --home home --json")
      #expect(canary.firstNumber(in: (listed.output + listed.errors).utf8) == nil)
      // Lineage reads the calls again, whose callers and counterparties are numbers.
      let traced = try sample.shell(
        """
        twin() { "$NIGHTJAR_BIN/nightjar-twin" "$@" --home home --config "$ROOT/Pipelines"; }
        for id in $(twin diff 2026-11-21 2026-11-22 | grep -oE '^[0-9]{12,} ' | sort -u); do
          twin lineage $id event_count_7d && twin lineage $id person_id --json || exit 1
        done
        """)
      #expect(traced.status == 0 && traced.output.contains("usage-voice_2026-11-22.tar.gz"))
      #expect(canary.firstNumber(in: (traced.output + traced.errors).utf8) == nil)

      let walk = try #require(FileManager.default.enumerator(atPath: sample.path))
      var looked: [String: Int] = [:]
      var inLists = 0
      var inVault = 0
      for name in walk.compactMap({ $0 as? String }).sorted() {
        let path = "\(sample.path)/\(name)"
        guard (try FileManager.default.attributesOfItem(atPath: path))[.type] as? FileAttributeType == .typeRegular
        else { continue }
        let found = try canary.firstNumber(inFile: path)
        let top = String(name.split(separator: "/")[0])
        looked[top, default: 0] += 1
        switch top {
        case "exports": inLists += found == nil ? 0 : 1
        case "vault": inVault += found == nil ? 0 : 1
        default: #expect(found == nil, "\(name) holds \(found ?? "")")
        }
      }
      // What would be found is found: the search is not blind.
      #expect(inLists > 0 && inVault > 0)
      for top in ["log", "data", "reports", "catalog.sqlite"] { #expect(looked[top] ?? 0 > 0, "\(top)") }
    }
  }

  @Test func `every stage but ingest and export works without the vault, and makes the same bytes`() throws {
    try Executables.withTemporaryFolder { temporary in
      let sample = try SampleHome.initialized(in: temporary)
      let night = SampleHome.firstNight
      #expect([0, 3].contains(try sample.stage("ingest", night).status))
      let other = try sample.copied(as: "second")
      try FileManager.default.moveItem(atPath: sample.path + "/vault", toPath: sample.folder + "/vault")
      for verb in ["twin", "train", "score", "decide"] {
        let outcome = try sample.stage(verb, night)
        #expect([0, 3].contains(outcome.status), "nightjar-\(verb) ended with \(outcome.status):\n\(outcome.errors)")
      }
      let entryCount = try CommitLog.open(sample.home).entries.count
      let export = try sample.stage("export", night)
      #expect(export.status >= 64, "\(export.errors)")
      #expect(try CommitLog.open(sample.home).entries.count == entryCount)
      let report = try sample.stage("report", night)
      #expect([0, 3].contains(report.status), "nightjar-report ended with \(report.status):\n\(report.errors)")
      #expect(!FileManager.default.fileExists(atPath: sample.path + "/vault"))

      for verb in ["twin", "train", "score", "decide", "report"] {
        #expect([0, 3].contains(try other.stage(verb, night).status))
      }
      #expect(SampleHome.difference(try other.tree(of: "data"), try sample.tree(of: "data")) == [])
      #expect(SampleHome.difference(try other.tree(of: "log"), try sample.tree(of: "log")) == [])
    }
  }
}
