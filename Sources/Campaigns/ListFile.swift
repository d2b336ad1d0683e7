import CSV

/// A file of the pack as it grows: columns with their patterns, then rows.
struct ListFile: Sendable {
  /// A column: its name and what its cells may look like.
  struct ColumnRule: Sendable {
    var name: String
    var pattern: CellPattern

    init(_ name: String, _ pattern: CellPattern) {
      self.name = name
      self.pattern = pattern
    }
  }

  let name: String
  private(set) var rowCount = 0
  private let rules: [ColumnRule]
  private var writer: RecordWriter

  init(_ name: String, _ rules: [ColumnRule], lineEnd: RecordWriter.LineEnd) {
    self.name = name
    self.rules = rules
    writer = RecordWriter(lineEnd: lineEnd)
    writer.writeRecord(rules.map(\.name))
  }

  /// Adds a row, or refuses it by position.
  mutating func append(_ cells: [String]) throws(CampaignsError) {
    precondition(cells.count == rules.count, "one cell a column")
    rowCount += 1
    for (rule, cell) in zip(rules, cells) where !rule.pattern.fits(cell) {
      throw CampaignsError(
        .unfitCell, "\(name), row \(rowCount), column \(rule.name): the cell does not fit the column's pattern")
    }
    writer.writeRecord(cells)
  }

  var file: CampaignPack.File { CampaignPack.File(name: name, bytes: writer.bytes, rowCount: Int64(rowCount)) }
}
