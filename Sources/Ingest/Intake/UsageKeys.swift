import Calendar
import Datasets
import Ledger
import Parallelism

/// Decides which usage rows that were read by columns repeat a record key, feed by feed, when all files are read.
struct UsageKeys {
  let home: Home
  let state: LiveState
  let night: Day
  /// Bytes of earlier keys that may be held at once.
  let budgetByteCount: Int
  let threads: WorkerThreads

  /// Moves repeated rows from the accepted to the duplicate, lists the new keys of each file, and says which days it
  /// covers, now that it is known which rows count.
  func settle(_ outcomes: inout [FileOutcome], _ feeds: [Feed]) throws {
    var results: [(place: Int, result: FileResult, feed: Int)] = []
    for (place, outcome) in outcomes.enumerated() {
      if case .taken(let result, let feed) = outcome { results.append((place, result, feed)) }
    }
    for feed in feeds.indices {
      guard let recordKey = feeds[feed].recordKey else { continue }
      let chunks = results.indices.filter { results[$0].feed == feed }.flatMap { index in
        results[index].result.usage.indices.map { (file: index, chunk: $0) }
      }
      guard !chunks.isEmpty else { continue }
      let first: Day = night - (recordKey.windowDays - 1)
      let past = RecordKeyPass.Past(
        home, state.products(Dataset.recordKeys.name), feed: feeds[feed].name, since: first.description,
        budgetByteCount: budgetByteCount)
      let outcome = try RecordKeyPass.run(
        chunks.map { results[$0.file].result.usage[$0.chunk] }, past: past, threads: threads)
      for (index, place) in chunks.enumerated() {
        results[place.file].result.mark(
          duplicates: outcome.duplicates[index], ofChunk: place.chunk, keys: outcome.newKeys[index])
      }
    }
    for entry in results {
      var result = entry.result
      result.cover(feeds[entry.feed], night: night)
      outcomes[entry.place] = .taken(result, feed: entry.feed)
    }
  }
}
