import Calendar
import Datasets
import Ledger
import Vault

/// Takes everything that withdrawn deliveries brought out of the live products: facts, covered days, keys, rejects and
/// addresses; and checks that as many rows went as had been accepted.
struct WithdrawnRows {
  let home: Home
  let state: LiveState
  let feeds: [Feed]
  let key: PseudonymKey

  /// Rewrites what has to be, into the transaction.
  func take(_ history: HistoryRevision.Outcome, _ transaction: Transaction) throws {
    let withdrawal = history.withdrawal
    guard !withdrawal.isEmpty else { return }
    var rewrite = ProductRewrite(home: home, withdrawal: withdrawal, transaction: transaction)
    var parts = ProductRewrite(home: home, withdrawal: withdrawal, transaction: transaction, stem: "parts")
    try parts.rewrite(
      state.products(Dataset.sessionParts.name), columns: ["delivery_id"], weight: .row, parts.byDelivery)
    let kinds = Set(withdrawal.deliveries.compactMap { kind(of: $0.file.feed) })
    if kinds.contains(.usage) || kinds.contains(.usageDaily) { try takeUsage(&rewrite) }
    for kind in kinds.sorted(by: { $0.rawValue < $1.rawValue }) {
      guard let layout = FactLayout(kind) else { continue }
      try rewrite.rewrite(
        state.products(layout.dataset.name), columns: ["delivery_id"], weight: .row, rewrite.byDelivery)
    }
    try check(rewrite, rewrite.withdrawal.deliveries.filter { !hasSessions($0.file.feed) })
    try check(parts, parts.withdrawal.deliveries.filter { hasSessions($0.file.feed) })

    let feedNames = Set(withdrawal.deliveries.map(\.file.feed))
    for feed in feedNames.sorted() {
      try rewrite.rewrite(
        state.products(Dataset.recordKeys.name, where: ["from": feed]), columns: ["delivery_id"], rewrite.byDelivery)
    }
    // A delivery that is derived again has the numbers that it had.
    var sequences = ProductRewrite(home: home, withdrawal: history.superseded, transaction: transaction, stem: "runs")
    try sequences.rewrite(
      state.products(Dataset.sequences.name), columns: ["delivery_id"], sequences.byDelivery)
    let nights = Set(withdrawal.deliveries.map(\.night.description))
    func learned(_ products: [Product]) -> [Product] { products.filter { nights.contains($0.partition["date"] ?? "") } }
    try rewrite.rewrite(
      learned(state.products(Dataset.deliveredDays.name)), columns: ["delivery_id", "event_date"],
      rewrite.byDeliveryAndDay)
    try rewrite.rewrite(learned(state.products(Dataset.rejects.name)), columns: ["sha256"], rewrite.byDigest)
    try rewrite.rewriteSealed(learned(state.products(under: "vault/rejects")), SealedRejects(key))
    try rewrite.rewrite(
      learned(state.products(under: UnownedNumber.folder)), columns: ["delivery_id"], rewrite.byDelivery)
    if kinds.contains(.customers) {
      try rewrite.rewrite(learned(state.products(under: "vault/addresses")), columns: ["file"], rewrite.byFile)
    }
  }

  private func hasSessions(_ feed: String) -> Bool { feeds.contains { $0.name == feed && $0.sessions != nil } }

  private func check(_ rewrite: ProductRewrite, _ deliveries: [TakenDelivery]) throws(IngestError) {
    guard let file = unbalanced(rewrite, deliveries) else { return }
    throw IngestError(
      .unbalanced,
      "\(file.feed): \(file.name) had \(file.measureSum == nil ? "rows accepted" : "a sum of measures"): "
        + "\(file.measureSum ?? file.acceptedCount), but \(rewrite.takenCounts[file.sha256.head63] ?? 0) were found to "
        + "take back; nothing was changed")
  }

  private func kind(of feed: String) -> FeedKind? { feeds.first { $0.name == feed }?.kind }

  /// Looks at the event days that the deliveries' windows allow, and at all others where rows are missing still: the feed
  /// may have allowed older ones then.
  private func takeUsage(_ rewrite: inout ProductRewrite) throws {
    let first = rewrite.withdrawal.deliveries.compactMap { delivery -> Day? in
      let feed = feeds.first { $0.name == delivery.file.feed }
      return feed?.kind == .usage ? delivery.night - (feed?.lateDays ?? 1_000_000) : nil
    }.min()
    // Daily sums have no window, and a part of a session may bear on the day on which it began.
    let isUnbounded = rewrite.withdrawal.deliveries.contains {
      kind(of: $0.file.feed) == .usageDaily || hasSessions($0.file.feed)
    }
    let start = isUnbounded ? "" : first?.description ?? ""
    var isEnough = { (product: Product) in product.partition["date"] ?? "" >= start }
    let usage = state.products(Dataset.usage.name)
    let dailySums = Set(rewrite.withdrawal.deliveries.filter { $0.file.measureSum != nil }.map(\.file.sha256.head63))
    let weight = ProductRewrite.Weight.usage(dailySums: dailySums)
    try rewrite.rewrite(
      usage.filter(isEnough), columns: ["delivery_id"], weight: weight, rewrite.byDelivery)
    if unbalanced(rewrite, rewrite.withdrawal.deliveries.filter { !hasSessions($0.file.feed) }, in: [.usage]) != nil {
      try rewrite.rewrite(
        usage.filter { !isEnough($0) }, columns: ["delivery_id"], weight: weight, rewrite.byDelivery)
      isEnough = { _ in true }
    }
    for dataset in [Dataset.counterparties, .cells] {
      try rewrite.rewrite(
        state.products(dataset.name).filter(isEnough), columns: ["delivery_id"], rewrite.byDelivery)
    }
  }

  /// Promise 4, backwards: a withdrawn delivery of which not as many rows were found as had been accepted.
  private func unbalanced(
    _ rewrite: ProductRewrite, _ deliveries: [TakenDelivery], in kinds: Set<FeedKind>? = nil
  ) -> IntakeFile? {
    deliveries.map(\.file).first { file in
      // The rows of numbers are in no fact.
      guard let kind = kind(of: file.feed), kind != .numbers, kinds?.contains(kind) ?? true else { return false }
      // A row of a daily sum stands for any number of events; entries of older versions do not say what they add up to.
      if kind == .usageDaily, file.measureSum == nil { return false }
      return rewrite.takenCounts[file.sha256.head63] ?? 0 != file.measureSum ?? file.acceptedCount
    }
  }
}
