import Calendar
import Ledger

/// What came in and what became of it.
struct DeliverySection {
  /// More files than this are summed up by feed only.
  private static let fileLimit = 300

  private let files: [IntakeFile]

  init(_ facts: ReportFacts) { files = facts.files }

  var section: Markup? {
    guard !files.isEmpty else {
      return Page.section("Deliveries", "No delivery was read this night.", [])
    }
    let feeds = Dictionary(grouping: files, by: \.feed).sorted { $0.key < $1.key }
    let rows = feeds.map { feed, files in
      [.text(feed), Page.count(Int64(files.count)), .text(Figure.bytes(sum(files, \.byteCount)))] + counts(files)
        + [bar(feed, files)]
    }
    let total =
      [.text("all"), Page.count(Int64(files.count)), .text(Figure.bytes(sum(files, \.byteCount)))] + counts(files) + [
        ""
      ]
    return Page.section(
      "Deliveries", "Every row that was read is in exactly one of the columns behind it.",
      [
        Page.table(
          [.words("feed"), .number("files"), .number("size")] + DeliverySection.headings + [.words("")], rows,
          sum: total),
        Page.legend([
          ("bg-good", "accepted"), ("bg-bad", "rejected"), ("bg-muted", "duplicate"), ("bg-warn", "out of window"),
        ]), fileList,
      ])
  }

  private static let headings: [Page.Heading] = [
    .number("rows"), .number("accepted"), .number("rejected"), .number("duplicate"), .number("out of window"),
    .number("other lines"),
  ]

  private func counts(_ files: [IntakeFile]) -> [Markup] {
    [
      Page.count(files.reduce(0) { $0 + $1.readCount - $1.lineCount }), Page.count(sum(files, \.acceptedCount)),
      Page.count(sum(files, \.rejectedCount)), Page.count(sum(files, \.duplicateCount)),
      Page.count(sum(files, \.outOfWindowCount)), Page.count(files.reduce(0) { $0 + $1.lineCount }),
    ]
  }

  private func bar(_ feed: String, _ files: [IntakeFile]) -> Markup {
    Chart.stack(
      [
        (sum(files, \.acceptedCount), "fill-good"), (sum(files, \.rejectedCount), "fill-bad"),
        (sum(files, \.duplicateCount), "fill-muted"), (sum(files, \.outOfWindowCount), "fill-warn"),
      ], title: "rows of \(feed) by what became of them")
  }

  private var fileList: Markup {
    let rows = files.prefix(DeliverySection.fileLimit).map { file in
      [
        .text(file.feed), Page.code(file.name), .text(days(file)), Page.count(file.readCount - file.lineCount),
        Page.count(file.acceptedCount), Page.count(file.rejectedCount), Page.count(file.duplicateCount),
        Page.count(file.outOfWindowCount), Page.code(String(file.sha256.hex.prefix(16))),
      ]
    }
    let hidden = files.count - rows.count
    return element(
      "details", [:],
      element("summary", [:], .text(hidden > 0 ? "The first \(rows.count) files" : "Every file")),
      Page.table(
        [
          .words("feed"), .words("file"), .words("days"), .number("rows"), .number("accepted"), .number("rejected"),
          .number("duplicate"), .number("out of window"), .words("SHA-256, its head"),
        ], Array(rows)))
  }

  private func days(_ file: IntakeFile) -> String {
    guard let from = file.from, let to = file.to else { return "" }
    return from == to ? from.description : "\(from) – \(to)"
  }

  private func sum(_ files: [IntakeFile], _ path: KeyPath<IntakeFile, Int64>) -> Int64 {
    files.reduce(0) { $0 + $1[keyPath: path] }
  }
}

extension IntakeFile {
  /// Lines that are no rows: blank, comment, header and trailer lines.
  var lineCount: Int64 { blankCount + commentCount + headerCount + trailerCount }
}
