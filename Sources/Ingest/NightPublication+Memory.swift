import Columns
import Datasets

// What later nights need to know of this one's sessions and sequences.
extension NightPublication {
  /// Parts of sessions and runs of numbers, by feed, and the numbers that lack.
  func memoryPieces() -> [Piece] {
    var pieces: [Piece] = []
    for (night, files) in nights {
      for feed in work.folder.feeds.indices where work.folder.feeds[feed].sessions != nil {
        let deliveries = files.filter { $0.feed == feed && !$0.result.parts.isEmpty }.map {
          (delivery: $0.result.delivery, parts: $0.result.parts)
        }
        guard !deliveries.isEmpty else { continue }
        let name = work.folder.feeds[feed].name
        pieces.append(
          Piece(
            name: "session-parts-\(name)-\(night).parquet",
            folder: dated(Dataset.sessionParts.folder, night) + "/from=\(name)",
            content: .table { SessionPart.table(deliveries) }))
      }
    }
    let night = work.night
    for (name, rows) in work.sequences.rows {
      pieces.append(
        Piece(
          name: "sequences-\(name).parquet", folder: dated(Dataset.sequences.folder, night) + "/from=\(name)",
          content: .table { SequenceCheck.table(rows) }))
    }
    if work.sequences.isWorthATable {
      let sequences = work.sequences
      pieces.append(
        Piece(
          name: "gaps.parquet", folder: dated(Dataset.gaps.folder, night),
          content: .table { sequences.gapTable(night) }))
    }
    return pieces
  }
}
