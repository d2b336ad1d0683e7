import Columns
import Ledger
import Vault

// Numbers that stand for subscriptions of their own.
extension NightPublication {
  /// The numbers that the night learned, ascending by subscription: of rows that count, and not known before.
  ///
  /// `numbers` are all that stand for subscriptions of their own, and `usageSubscriptions` those met in usage; both ascend.
  func learnedPieces(
    _ numbers: [LearnedNumber], _ usageSubscriptions: [Int64], _ state: LiveState
  ) throws -> [Piece] {
    let ownNumbers = Set(work.results.flatMap(\.result.learned))
    guard !usageSubscriptions.isEmpty || !ownNumbers.isEmpty else { return [] }
    let known = try Set(
      state.products(under: LearnedNumber.folder + "/").flatMap {
        try ParquetFile.read(home.url($0.name), columns: ["subscription_id"]).int64("subscription_id").values
      })
    var found: [LearnedNumber] = []
    var next = 0
    for pair in numbers {
      while next < usageSubscriptions.count, usageSubscriptions[next] < pair.subscription { next += 1 }
      let isMet = next < usageSubscriptions.count && usageSubscriptions[next] == pair.subscription
      guard isMet || ownNumbers.contains(pair.number), !known.contains(pair.subscription) else { continue }
      found.append(pair)
    }
    guard !found.isEmpty else { return [] }
    let rows = found
    return [
      Piece(
        name: "learned-numbers.parquet", folder: dated(LearnedNumber.folder, work.night),
        content: .file { path in
          let file = FactFile(LearnedNumber.schema, [.numbers, .numbers], path: path)
          for row in rows {
            try file.prepare()
            file.values[0][file.heldCount] = row.subscription
            file.values[1][file.heldCount] = Int64(row.number)
            file.added()
          }
          try file.close()
          return Int64(file.rowCount)
        })
    ]
  }
}
