import Calendar
import Columns
import Datasets
import Ledger
import Parallelism
import Synchronization
import Vault

/// Writes a night's work as products and commits them as one log entry.
struct NightPublication {
  let home: Home
  let work: NightWork
  let key: PseudonymKey
  let learned: LearnedNumbers
  let threads: Int

  /// One file to write: a table or bytes, and where it goes.
  struct Piece: Sendable {
    enum Content: Sendable {
      case table(@Sendable () throws -> Table)
      case bytes(@Sendable () throws -> [UInt8])
      /// Writes itself to a path and returns the number of its rows.
      case file(@Sendable (String) throws -> Int64)
    }

    /// Its name in staging.
    var name: String
    /// Its final folder below the home.
    var folder: String
    var fileExtension = "parquet"
    var content: Content
  }

  /// Commits and returns what a person should know beside the entry; nil where an earlier run did the very same.
  func commit(_ state: LiveState, versions: [String: String]) throws -> [String]? {
    let transaction = try Transaction.begin(
      home, stage: "ingest", date: work.night, materials: materials(state), configDigest: work.folder.digest,
      versions: versions)
    guard transaction.alreadyDone == nil else { return nil }
    let oldCoverage = state.products(Dataset.coverage.name, where: ["date": work.night.description])
    let pieces =
      try factPieces() + numberPieces(state) + intakePieces(oldCoverage, run: transaction.key) + vaultPieces()
      + memoryPieces()
    let staged = StagedFiles(transaction, Set(work.published.map(\.feed)).sorted().map { work.folder.feeds[$0] })
    // Sorting takes a while; the numbers that are met stand in the fold.
    let numbers = Mutex<[LearnedNumber]>([])
    var works = pieces.map { piece -> @Sendable () throws -> Void in { try write(piece, transaction, staged) } }
    works.append {
      let sorted = learned.pairs
      numbers.withLock { $0 = sorted }
    }
    let pool = WorkerThreads(count: threads)
    let subscriptions = try UsagePublication(
      groups: UsageGroups(work.published.map { .init(delivery: $0.result.delivery, chunks: $0.result.usage) }),
      keepsSubscriptions: work.folder.feeds.contains { $0.phoneNumbers.isImplicit }, threads: pool
    ).write(transaction, staged, beside: works)
    let pending = try learnedPieces(numbers.withLock { $0 }, subscriptions, state)
    _ = try pool.map(taskCount: pending.count + threads) { index in
      if index < pending.count { try write(pending[index], transaction, staged) }
      try staged.finish()
      if index == pending.count { work.releaseRows() }
    }
    try staged.balance.check(work.published.map { ($0.result.intake, work.folder.feeds[$0.feed]) })
    try WithdrawnRows(home: home, state: state, feeds: work.folder.feeds, key: key).take(
      work.history, transaction)
    if !work.changes.isEmpty { transaction.retire(oldCoverage) }
    if work.sequences.isWorthATable {
      transaction.retire(state.products(Dataset.gaps.name, where: ["date": work.night.description]))
    }
    if work.contested != nil { transaction.retire(state.products(under: NumberAssignment.contestedFolder)) }
    transaction.retire(LateNumbers.forgotten(state, work.folder.feeds, night: work.night))
    let retention = DeliveryRetention(home: home, feeds: work.folder.feeds)
    let notes = try retention.keep(work.results, transaction)
    let entry = try transaction.commit(
      counts: work.counts, files: work.published.map(\.result.intake), warnings: work.warnings)
    retention.tidy(state.entries + [entry], night: work.night)
    return notes
  }

  /// What the products depend on: the deliveries, and what earlier nights put into the vault and the key sets.
  private func materials(_ state: LiveState) -> [Material] {
    work.published.map { Material(name: $0.result.intake.name, digest: $0.result.intake.sha256) }
      + work.repairs.map { Material(name: "repaired row", digest: $0.digest(key)) }
      + work.history.withdrawal.deliveries.map { Material(name: $0.file.name, digest: $0.file.sha256) }
      + work.survey.refused.compactMap { refused in refused.sha256.map { Material(name: refused.name, digest: $0) } }
      + state.products(under: "vault/numbers/").map { Material($0) }
      + state.products(under: NumberAssignment.contestedFolder + "/").map { Material($0) }
      + state.products(under: "vault/learned-numbers/").map { Material($0) }
      + state.products(Dataset.recordKeys.name).map { Material($0) }
      + state.products(Dataset.deliveredDays.name).map { Material($0) }
      + state.products(Dataset.sessionParts.name).map { Material($0) }
      + state.products(Dataset.sequences.name).map { Material($0) }
  }

  /// Writes a piece.
  private func write(_ piece: Piece, _ transaction: Transaction, _ staged: StagedFiles) throws {
    let path = transaction.stagingPath(piece.name)
    var rowCount: Int64?
    switch piece.content {
    case .table(let make):
      let table = try make()
      try ParquetFile.write(table, to: path)
      rowCount = Int64(table.rowCount)
    case .file(let write): rowCount = try write(path)
    case .bytes(let make):
      try SystemCalls.writeFile(path, make(), mode: 0o600)
    }
    staged.append(
      StagedFiles.File(path: path, folder: piece.folder, fileExtension: piece.fileExtension, rowCount: rowCount))
  }

  func dated(_ folder: String, _ day: Day) -> String { "\(folder)/date=\(day)" }
  /// The published files by the night that took them: tonight's, and earlier nights' that were derived again.
  var nights: [(night: Day, files: [(result: FileResult, feed: Int)])] {
    Dictionary(grouping: work.published, by: \.night).map { night, files in
      (night, files.map { ($0.result, $0.feed) })
    }.sorted { $0.night < $1.night }
  }

  // MARK: - Facts

  private func factPieces() -> [Piece] {
    nights.flatMap { night, files in
      let rows = files.compactMap(\.result.facts).filter { $0.rowCount > 0 }
      return Set(rows.map(\.layout.dataset)).sorted { $0.name < $1.name }.map { dataset in
        Piece(
          name: "\(dataset.name.split(separator: "/").last ?? "facts")-\(night).parquet",
          folder: dated(dataset.folder, night),
          content: .table {
            try FactRows.sorted(rows.filter { $0.layout.dataset == dataset }.map { $0.table() }, dataset: dataset)
          })
      }
    }
  }

  /// The numbers that subscriptions got and lost tonight, by keyed hash: what tells counterparties that are customers.
  private func numberPieces(_ state: LiveState) throws -> [Piece] {
    guard !work.assignments.isEmpty else { return [] }
    var rows = work.assignments
    if state.products(Dataset.numbers.name).isEmpty {
      // A home from before these facts: what the vault knows already comes along, once.
      for product in state.products(under: "vault/numbers/") {
        rows += try NumberAssignment.rows(ParquetFile.read(home.url(product.name)))
      }
    }
    let (hash, assignments) = (key.counterpartyHash, rows)
    return [
      Piece(
        name: "own-numbers.parquet", folder: dated(Dataset.numbers.folder, work.night),
        content: .table { OwnNumberRows.table(assignments, hash) })
    ]
  }

  // MARK: - Records of the intake

  private func intakePieces(_ oldCoverage: [Product], run: SHA256Digest) throws -> [Piece] {
    var pieces: [Piece] = []
    for (night, files) in nights {
      let rejects = NightPublication.rejects(files)
      if !rejects.isEmpty {
        pieces.append(
          Piece(
            name: "rejects-\(night).parquet", folder: dated(Dataset.rejects.folder, night),
            content: .table { RejectRow.table(rejects, night: night, run: run) }))
      }
      for (feed, rows) in keysByFeed(files) {
        pieces.append(
          Piece(
            name: "keys-\(feed)-\(night).parquet", folder: dated(Dataset.recordKeys.folder, night) + "/from=\(feed)",
            content: .file { try RecordKeySet.write(rows, to: $0) }))
      }
    }
    for (night, covered) in work.coveredDays.sorted(by: { $0.key < $1.key }) where !covered.isEmpty {
      pieces.append(
        Piece(
          name: "delivered-days-\(night).parquet", folder: dated(Dataset.deliveredDays.folder, night),
          content: .table { Completeness.table(covered) }))
    }
    if !work.survey.refused.isEmpty {
      let night = work.night
      let refused = work.survey.refused.sorted { ($0.name, $0.sha256?.hex ?? "") < ($1.name, $1.sha256?.hex ?? "") }
      let digest = work.folder.digest
      pieces.append(
        Piece(
          name: "refusals.parquet", folder: dated(Dataset.refusals.folder, night),
          content: .table { Survey.table(refused, night: night, configuration: digest) }))
    }
    if !work.changes.isEmpty { pieces.append(try coveragePiece(oldCoverage)) }
    return pieces
  }

  private static func rejects(
    _ files: [(result: FileResult, feed: Int)]
  ) -> [(file: IntakeFile, rows: [RejectRow])] {
    files.map { (file: $0.result.intake, rows: $0.result.rejects) }.filter { !$0.rows.isEmpty }
  }

  /// Tonight's verdicts, with those of earlier runs of the night that still hold: one file a night.
  private func coveragePiece(_ old: [Product]) throws -> Piece {
    var rows = work.changes.map { (family: $0.family, verdict: $0.verdict) }
    let changed = Set(rows.map { "\($0.family) \($0.verdict.day)" })
    for product in old {
      let table = try ParquetFile.read(home.url(product.name))
      let (days, knowns) = (try table.date("event_date").values, try table.date("known_date").values)
      let (families, flags) = (try table.string("family").values, try table.bool("is_complete").values)
      for row in 0..<table.rowCount where !changed.contains("\(families[row]) \(days[row])") {
        rows.append((families[row], .init(day: days[row], known: knowns[row], isComplete: flags[row])))
      }
    }
    let all = rows
    return Piece(
      name: "coverage.parquet", folder: dated(Dataset.coverage.folder, work.night),
      content: .table { Completeness.table(all) })
  }

  private func keysByFeed(
    _ files: [(result: FileResult, feed: Int)]
  ) -> [(feed: String, rows: [(delivery: Int64, keys: [[UInt64]])])] {
    work.folder.feeds.indices.compactMap { feed in
      let rows = files.filter { $0.feed == feed && !$0.result.keys.isEmpty }.map {
        (delivery: $0.result.delivery, keys: $0.result.keysOfChunks)
      }
      return rows.isEmpty ? nil : (work.folder.feeds[feed].name, rows)
    }
  }

  // MARK: - Vault

  private func vaultPieces() -> [Piece] {
    var pieces: [Piece] = []
    if !work.assignments.isEmpty {
      let rows = work.assignments.sorted {
        ($0.number, $0.validFrom, $0.file, $0.line) < ($1.number, $1.validFrom, $1.file, $1.line)
      }
      pieces.append(
        Piece(
          name: "numbers.parquet", folder: dated("vault/numbers", work.night),
          content: .table { NumberAssignment.table(rows) }))
    }
    if let contested = work.contested, !contested.isEmpty {
      pieces.append(
        Piece(
          name: "contested-numbers.parquet", folder: dated(NumberAssignment.contestedFolder, work.night),
          content: .table { NumberAssignment.table(contested) }))
    }
    if !work.repairs.isEmpty {
      let (sealer, rows) = (SealedRejects(key), work.repairs)
      pieces.append(
        Piece(
          name: "repairs.sealed", folder: dated(Repairs.folder, work.night), fileExtension: "sealed",
          content: .bytes { try sealer.seal(rows) }))
    }
    for (night, files) in nights {
      let addresses = files.flatMap(\.result.addresses).sorted {
        ($0.person, $0.validFrom, $0.file, $0.line) < ($1.person, $1.validFrom, $1.file, $1.line)
      }
      if !addresses.isEmpty {
        pieces.append(
          Piece(
            name: "addresses-\(night).parquet", folder: dated("vault/addresses", night),
            content: .table { AddressBook.table(addresses) }))
      }
      let unowned = files.flatMap(\.result.unowned)
      if !unowned.isEmpty {
        pieces.append(
          Piece(
            name: "unowned-\(night).parquet", folder: dated(UnownedNumber.folder, night),
            content: .table { UnownedNumber.table(unowned) }))
      }
      let rejects = NightPublication.rejects(files)
      if !rejects.isEmpty {
        let sealer = SealedRejects(key)
        pieces.append(
          Piece(
            name: "rejects-\(night).sealed", folder: dated("vault/rejects", night), fileExtension: "sealed",
            content: .bytes { try sealer.seal(RejectRow.sealed(rejects)) }))
      }
    }
    return pieces
  }
}
