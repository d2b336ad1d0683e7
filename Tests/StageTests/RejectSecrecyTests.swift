import Foundation
import Testing

/// Bad rows of every format, full of numbers of a reserved range: none of them may be shown by anything but the vault.
@Suite struct RejectSecrecyTests {
  /// The range: +49 170 5550000 to +49 170 5550999, in all the ways in which systems write it.
  private static let canary = NumberCanary((5_550_000...5_550_999).map { "0170\($0)" }.joined(separator: "\n"))

  /// Hands out a number of the range, each time written in another way.
  private final class Numbers {
    private var count = 0
    func next() -> String {
      count += 1
      let digits = "170" + String(5_550_000 + count % 1_000)
      return ["0\(digits)", "+49\(digits)", "0049\(digits)", "49\(digits)"][count % 4]
    }
  }

  private static let calls = """
    kind: usage
    zone: Europe/Berlin
    numbers: {country-code: "49", trunk-prefix: "0", international-prefix: "00"}
    columns:
      number: {from: caller}
      counterparty: {from: called}
      started_at: {from: start, format: "yyyy-MM-dd HH:mm:ss"}
      duration_seconds: {from: seconds}
      type: {from: type, values: {V: voice, S: sms}}
      charge: {from: charge}
    """
  private static let tickets = """
    kind: tickets
    columns:
      ticket: {from: id}
      subscription: {from: owner}
      changed_at: {from: at}
      opened_at: {from: at}
      status: {from: status}
      category: {constant: other}
      text: {from: text}
    """

  private static let feeds: [(name: String, text: String)] = [
    ("calls", calls + "\nfiles: \"calls_*\"\nrecord-key: {from: [caller], window-days: 3}"),
    ("semicolons", calls + "\nfiles: \"semicolons_*\"\ndialect: {delimiter: \";\", comment: \"#\", skip-lines: 1}"),
    (
      "trailers",
      calls + "\nfiles: \"trailers_*\"\ndialect: {trailer: {first-field: T, count-field: 2}}"
    ),
    ("lines", calls + "\nfiles: \"lines_*\"\nformat: ndjson"),
    ("documents", calls + "\nfiles: \"documents_*\"\nformat: json"),
    (
      "mails",
      tickets.replacingOccurrences(of: "from: at", with: "from: date").replacingOccurrences(
        of: "from: id", with: "from: $thread"
      )
      .replacingOccurrences(of: "from: text", with: "from: $text") + "\nfiles: \"mails_*\"\nformat: mbox"
    ),
    (
      "numbers",
      """
      kind: numbers
      files: "numbers_*"
      columns:
        number: {from: number}
        subscription: {from: owner}
        valid_from: {from: from, format: "yyyy-MM-dd"}
        valid_to: {from: to, format: "yyyy-MM-dd"}
      """
    ),
  ]

  /// Files of rows that are wrong in every way, by name; some are refused as a whole.
  private static func files(_ numbers: Numbers) -> [(name: String, text: String)] {
    func n() -> String { numbers.next() }
    func rows(_ d: String) -> String {
      let header = ["caller", "called", "start", "seconds", "type", "charge"].joined(separator: d)
      func row(_ fields: String...) -> String { fields.joined(separator: d) }
      let time = "2026-11-21 10:00:00"
      return [
        header, row(n(), n(), time, "60", "V", "1"), row(n(), n(), time, n(), "V", "1"),
        row(n(), n(), n(), "1", "V", "1"),
        row(n(), n(), time, "1", n(), "1"), row(n(), n(), time, "1", "V", n() + ".00001"),
        row(n() + "x", n(), time, "1", "V", ""),
        row(n(), n() + n() + n(), time, "1", "V", ""), row("", n(), time, "1", "V", ""), row(n()),
        row(n(), n(), n(), n(), n(), n(), n(), n()), row("\"\(n())\"\(n())", n(), time, "1", "V", ""),
        row(n(), "x\"\(n())", time, "1", "V", ""), row(n(), n(), "1999-01-01 00:00:00", "1", "V", ""),
        row(n(), n(), time, "-" + n(), "V", ""), row(n(), String(repeating: n(), count: 6_000), time, "1", "V", ""),
        row(n(), "\"" + n(), time, "1", "V", ""), row(n(), n(), time, "1", "V", "1"),
      ].joined(separator: "\n") + "\n"
    }
    func object(_ pairs: [(String, String)]) -> String {
      "{" + pairs.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }
    let time = "\"2026-11-21 10:00:00\""
    func objects() -> [String] {
      [
        object([("caller", "\"\(n())\""), ("start", time), ("seconds", n()), ("type", "\"V\"")]),
        object([("caller", n()), ("start", "\"\(n())\""), ("type", "\"\(n())\"")]),
        object([("caller", "[\"\(n())\"]"), ("start", time)]),
        object([(n(), "1"), (n(), "2"), ("caller", "{\"\(n())\":1}")]),
        object([("caller", "\"\(n())x\""), ("called", "\"\(n())\""), ("start", time), ("type", "\"V\"")]),
      ]
    }
    func mail(_ date: String) -> String {
      "From \(n())@example.com Sat Nov 21 10:00:00 2026\nFrom: \"\(n())\" <\(n())@example.com>\nTo: <\(n())@example.com>\n"
        + "Message-ID: <\(n())@example.com>\nDate: \(date)\nSubject: call \(n())\nStatus: \(n())\nOwner:\n\nCall me: \(n())\n\n"
    }
    return [
      ("calls_a.csv", rows(",")), ("calls_header.csv", "\(n()),\(n()),called\n\(n()),\(n()),\(n())\n"),
      ("semicolons_a.csv", "skip \(n())\n# comment \(n())\n" + rows(";")),
      ("trailers_a.csv", rows(",").split(separator: "\n").prefix(2).joined(separator: "\n") + "\nT,\(n())\n"),
      (
        "trailers_b.csv",
        rows(",").split(separator: "\n").prefix(2).joined(separator: "\n") + "\nT,1\n\(n()),\(n()),,,,\n"
      ),
      ("lines_a.ndjson", (objects() + ["{\"caller\":\"\(n())", "[\"\(n())\"]", n()]).joined(separator: "\n")),
      ("documents_a.json", "[" + objects().joined(separator: ",") + "]"),
      ("documents_b.json", "[{\"caller\":\"\(n())\",]"),
      ("mails_a.mbox", mail("Sat, 21 Nov 2026 10:00:00 +0100") + mail(n()) + "\(n())\n" + mail("")),
      (
        "numbers_a.csv",
        "number,owner,from,to\n\(n()),\(n()),2026-01-01,\n\(n()),\(n()),\(n()),\n0170 5550999,S-1,2026-01-01,\n"
          + "0170-5550999,S-2,2026-02-01,\n\(n())x,S-1,2026-01-01,\n\(n()),S-1,2026-02-01,2026-01-01\n"
      ),
    ]
  }

  @Test func `bad rows of every format show no number outside of the vault`() throws {
    try Executables.withTemporaryFolder { temporary in
      for folder in ["config/feeds", "inbox"] {
        try FileManager.default.createDirectory(atPath: "\(temporary)/\(folder)", withIntermediateDirectories: true)
      }
      for feed in Self.feeds {
        try "feed: \(feed.name)\n\(feed.text)\nreject-threshold: 1\n".write(
          toFile: "\(temporary)/config/feeds/\(feed.name).yaml", atomically: true, encoding: .utf8)
      }
      let numbers = Numbers()
      for file in Self.files(numbers) {
        try file.text.write(toFile: "\(temporary)/inbox/\(file.name)", atomically: true, encoding: .utf8)
      }
      let outcome = try Executables.shell(
        #"""
        gzip -n -k -c inbox/calls_a.csv | sed 's/$//' > inbox/calls_packed.csv.gz; printf x >> inbox/calls_packed.csv.gz
        "$NIGHTJAR_BIN/nightjar" init --home home
        ingest() { "$NIGHTJAR_BIN/nightjar-ingest" --home home --config config --inbox inbox --date 2026-11-22 "$@"; }
        ingest --dry-run; ingest --json --log json; status=$?; ingest
        for verb in log verify; do "$NIGHTJAR_BIN/nightjar-audit" $verb --home home; done
        "$NIGHTJAR_BIN/nightjar" datasets --home home --json
        exit $status
        """#, in: temporary, temporary: temporary)
      #expect(outcome.status == 3, "\(outcome.errors)")
      #expect(Self.canary.firstNumber(in: outcome.output.utf8) == nil, "standard output names a number")
      #expect(
        Self.canary.firstNumber(in: outcome.errors.utf8) == nil, "standard error names a number:\n\(outcome.errors)")

      let walk = try #require(FileManager.default.enumerator(atPath: temporary + "/home"))
      var looked: [String: Int] = [:]
      var inVault = 0
      for name in walk.compactMap({ $0 as? String }).sorted() {
        let path = "\(temporary)/home/\(name)"
        guard (try FileManager.default.attributesOfItem(atPath: path))[.type] as? FileAttributeType == .typeRegular
        else { continue }
        let found = try Self.canary.firstNumber(inFile: path)
        let top = name.split(separator: "/").prefix(2).joined(separator: "/")
        looked[top, default: 0] += 1
        if top.hasPrefix("vault") { inVault += found == nil ? 0 : 1 } else { #expect(found == nil, "\(name)") }
      }
      // The number book holds them, so the search is not blind; and rejects and refusals were written.
      #expect(inVault > 0)
      for top in ["data/rejects", "data/refusals", "log/00000001.json"] { #expect(looked[top] ?? 0 > 0, "\(top)") }
      // Every format was read far enough to reject rows of it.
      let summary = outcome.errors + outcome.output
      for feed in Self.feeds where feed.name != "trailers" {
        #expect(summary.contains("\(feed.name): "), "\(feed.name)")
      }
    }
  }
}
