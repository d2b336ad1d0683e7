/// The accepted rows of a stretch of a delivery, grouped by shard; within a shard they stand as they came.
///
/// Chunks are made by any thread and kept in the order of the delivery, so what is folded from them does not depend on
/// threads. Record keys stand beside the rows, grouped by the first byte of their hash.
struct UsageChunk: Sendable {
  /// Where the rows are.
  enum Storage: Sendable {
    case memory(UsageMemory)
    /// Rows, then measures, from `offset` of a file without a name.
    case spilled(UsageSpill, offset: Int)
  }

  var storage: Storage
  let rowCount: Int
  /// What the rows with large amounts add up to.
  let amounts: AmountSum
  /// The first row of each shard, and the number of rows.
  let shardStarts: [UInt32]
  /// The first byte of each shard's wide measures, and their number.
  let wideStarts: [UInt32]
  /// When rows happened and became known, by index.
  let dates: [UsageDate]
  /// The number of rows of each date.
  let dateCounts: [UInt32]
  /// Hashes of record keys; empty where the feed has none.
  private(set) var keys: [UInt64]
  /// The row of each key in the low, its date in the high bits.
  private(set) var keyRows: [UInt32]
  /// The first key of each first byte, and the number of keys.
  let keyStarts: [UInt32]
  /// Bit i says that row i repeats a record key and does not count; empty where no row does.
  private(set) var duplicates: [UInt64] = []

  /// The number of duplicates of each date; empty where there is none.
  private var duplicateCounts: [UInt32] = []

  /// Bits of a row's index in `keyRows`; the rest are its date's.
  static let rowBits: UInt32 = 20

  init(
    memory: UsageMemory, amounts: AmountSum, shardStarts: [UInt32], wideStarts: [UInt32], dates: [UsageDate],
    dateCounts: [UInt32], keys: [UInt64], keyRows: [UInt32], keyStarts: [UInt32]
  ) {
    storage = .memory(memory)
    rowCount = memory.rowCount
    self.amounts = amounts
    self.shardStarts = shardStarts
    self.wideStarts = wideStarts
    self.dates = dates
    self.dateCounts = dateCounts
    self.keys = keys
    self.keyRows = keyRows
    self.keyStarts = keyStarts
  }

  /// Marks rows that repeat a key, given as in `keyRows`, and forgets the keys.
  mutating func mark(duplicates marked: [UInt32]) {
    keys = []
    keyRows = []
    guard !marked.isEmpty else { return }
    duplicates = Array(repeating: 0, count: (rowCount + 63) / 64)
    duplicateCounts = Array(repeating: 0, count: dates.count)
    for mark in marked {
      let row = mark & (1 << UsageChunk.rowBits - 1)
      duplicates[Int(row >> 6)] |= 1 << UInt64(row & 63)
      duplicateCounts[Int(mark >> UsageChunk.rowBits)] += 1
    }
  }

  /// Whether a row repeats a record key; ask only where `duplicates` is not empty.
  @inline(__always)
  func isDuplicate(_ row: Int) -> Bool { duplicates[row >> 6] >> UInt64(row & 63) & 1 == 1 }

  /// The number of rows of a date that count.
  func acceptedCount(ofDate index: Int) -> Int {
    Int(dateCounts[index]) - (duplicateCounts.isEmpty ? 0 : Int(duplicateCounts[index]))
  }

  /// Gives back the memory of rows that were folded.
  func release() {
    if case .memory(let memory) = storage { memory.release() }
  }

  /// Bytes that the rows take.
  var byteCount: Int { rowCount * MemoryLayout<UsageRow>.stride + Int(wideStarts[UsageRow.shardCount]) }
}
