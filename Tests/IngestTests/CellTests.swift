import Columns
import Datasets
import Ingest
import Testing

@Suite struct CellTests {
  /// The number of cells among rows with these cell ids.
  private func cellCount(_ cells: [String]) throws -> Int {
    let world = try IngestWorld()
    try world.feed(
      "data",
      """
      kind: usage
      files: "data_*"
      numbers: {country-code: "49", trunk-prefix: "0", international-prefix: "00"}
      columns:
        subscription: {from: s}
        type: {constant: data}
        started_at: {from: t}
        cell: {from: cell}
      """)
    let rows = cells.map { "S-1,2026-11-21 10:00:00,\($0)\n" }
    try world.deliver("data_1", "s,t,cell\n" + rows.joined())
    try world.night("2026-11-22")
    return Set(try world.table(.cells).int64("cell_hash").values).count
  }

  @Test func `cells whose digits agree but for their hyphens are two cells`() throws {
    #expect(try cellCount(["286-01-1-23", "286-01-12-3", "286-01-1-23"]) == 2)
  }

  @Test func `a cell is the bytes that name it, even where they could be a phone number`() throws {
    #expect(try cellCount(["0170 1234567", "01701234567", "+491701234567", "Wien/3"]) == 4)
  }
}
