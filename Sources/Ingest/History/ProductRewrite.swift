import Columns
import Datasets
import Ledger
import Vault

/// Takes the rows of withdrawn deliveries out of live products: each product that has some is retired, and what is left of
/// it is published under the same folder. Rows keep their order.
struct ProductRewrite {
  let home: Home
  let withdrawal: Withdrawal
  let transaction: Transaction
  /// What was taken out, by head of the delivery's digest: rows, or events and measures of facts of usage.
  private(set) var takenCounts: [Int64: Int64] = [:]
  private var stagedCount = 0

  /// What its files in staging are called.
  private let stem: String

  init(home: Home, withdrawal: Withdrawal, transaction: Transaction, stem: String = "rest") {
    self.stem = stem
    self.home = home
    self.withdrawal = withdrawal
    self.transaction = transaction
  }

  /// Which rows of a batch go.
  typealias Choice = (Table) throws -> [Bool]

  /// What a row that goes counts for.
  enum Weight {
    case nothing
    case row
    /// Events of facts of usage; of some deliveries, given by the heads of their digests, all measures.
    case usage(dailySums: Set<Int64>)
  }

  /// Rows of a table that names deliveries by the head of their digest.
  func byDelivery(_ batch: Table) throws -> [Bool] {
    try batch.int64("delivery_id").values.map { withdrawal.takesBack(delivery: $0) }
  }

  /// Rows of a table of covered days.
  func byDeliveryAndDay(_ batch: Table) throws -> [Bool] {
    let days = try batch.date("event_date").values
    return zip(try batch.int64("delivery_id").values, days).map { withdrawal.takesBack(delivery: $0, day: $1) }
  }

  /// Rows of a table that names deliveries by their whole digest.
  func byDigest(_ batch: Table) throws -> [Bool] {
    let digests = Set(withdrawal.deliveries.map(\.file.sha256.hex))
    return try batch.string("sha256").values.map { digests.contains($0) }
  }

  /// Rows of a table that names deliveries by their file names, which of a feed's deliveries only one has.
  func byFile(_ batch: Table) throws -> [Bool] {
    let names = Set(withdrawal.deliveries.map(\.file.name))
    return try batch.string("file").values.map { names.contains($0) }
  }

  /// Rewrites the products that have rows to go; `columns` are those that `choice` looks at.
  mutating func rewrite(
    _ products: [Product], columns: [String], weight: Weight = .nothing, _ choice: Choice
  ) throws {
    var wanted = columns
    switch weight {
    case .nothing, .row: break
    case .usage(let dailySums): wanted += dailySums.isEmpty ? ["event_count"] : Dataset.usageMeasures
    }
    for product in products {
      let path = home.url(product.name)
      var isTouched = false
      try ParquetFile.forEachBatch(of: path, columns: wanted) { batch in
        let goes = try choice(batch)
        guard goes.contains(true) else { return }
        isTouched = true
        try count(batch, goes, weight)
      }
      guard isTouched else { continue }
      try keepRest(of: product, choice)
    }
  }

  /// Sums wrap where a home of older versions holds more than 64 bits of a delivery; then they are not held against it.
  private mutating func count(_ batch: Table, _ goes: [Bool], _ weight: Weight) throws {
    if case .nothing = weight { return }
    let owners = try batch.int64("delivery_id").values
    var (events, measures, dailySums): ([Int64]?, [[Int64]], Set<Int64>) = (nil, [], [])
    if case .usage(let deliveries) = weight {
      dailySums = deliveries
      events = try batch.int64("event_count").values
      if !deliveries.isEmpty { measures = try Dataset.usageMeasures.map { try batch.int64($0).values } }
    }
    for row in owners.indices where goes[row] {
      let isSum = dailySums.contains(owners[row])
      let taken = isSum ? measures.reduce(0) { $0 &+ $1[row] } : events?[row] ?? 1
      takenCounts[owners[row], default: 0] &+= taken
    }
  }

  private mutating func keepRest(of product: Product, _ choice: Choice) throws {
    let path = home.url(product.name)
    stagedCount += 1
    let staged = transaction.stagingPath("\(stem)-\(stagedCount).parquet")
    var writer = try ParquetWriter(path: staged, schema: try ParquetFile.schema(of: path))
    try ParquetFile.forEachBatch(of: path) { batch in
      let goes = try choice(batch)
      try writer.write(goes.contains(true) ? batch.rows(where: goes.map { !$0 }) : batch)
    }
    let rowCount = try writer.close()
    transaction.retire([product])
    guard rowCount > 0 else { return }
    try transaction.add(
      stagedPath: staged, folder: product.folder, fileName: .digest(ext: "parquet"), rowCount: rowCount)
  }

  /// Takes the bytes of withdrawn deliveries' rejects out of the sealed files.
  mutating func rewriteSealed(_ products: [Product], _ sealer: SealedRejects) throws {
    let digests = Set(withdrawal.deliveries.map(\.file.sha256))
    for product in products {
      let rows = try sealer.open(SystemCalls.readFile(home.url(product.name)))
      let rest = rows.filter { !digests.contains($0.delivery) }
      guard rest.count < rows.count else { continue }
      transaction.retire([product])
      guard !rest.isEmpty else { continue }
      stagedCount += 1
      let staged = transaction.stagingPath("\(stem)-\(stagedCount).sealed")
      try SystemCalls.writeFile(staged, sealer.seal(rest), mode: 0o600)
      try transaction.add(stagedPath: staged, folder: product.folder, fileName: .digest(ext: "sealed"))
    }
  }
}

extension Product {
  /// The folder below the home in which it lies.
  var folder: String { name.split(separator: "/").dropLast().joined(separator: "/") }
}
