/// Gathers what sessions are worth by the delivery that brought it, given by its place.
struct SessionBuilders {
  private var changes: [Int: [SessionFacts.Change]] = [:]

  /// Adds a change to the facts of a delivery.
  mutating func append(_ change: SessionFacts.Change, to batch: Int) { changes[batch, default: []].append(change) }

  /// The chunks of each delivery, in the order of their places.
  func chunks() -> [(batch: Int, chunk: UsageChunk)] {
    changes.sorted { $0.key < $1.key }.flatMap { batch, changes in
      var builder = UsageChunkBuilder()
      for change in changes {
        builder.append(
          subscription: change.place.owner, date: UsageDate(day: change.place.day, known: change.known),
          counterparty: nil, cell: nil, measures: change.measures, key: nil)
      }
      return builder.takeChunks().map { (batch, $0) }
    }
  }
}
