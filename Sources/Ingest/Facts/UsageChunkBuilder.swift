/// Gathers accepted usage rows in the order in which they come and makes chunks of them.
///
/// Rows and dates of a chunk have numbers of so many bits (`UsageChunk.rowBits`); a chunk that is full is closed, and the
/// next one begun, wherever rows come from.
struct UsageChunkBuilder: ~Copyable {
  /// A chunk is closed before the next run of rows where it has so many. A run is cut from a stretch of bytes and has
  /// fewer (`LineReader.stretchByteCount`), so that the indices of all rows fit their bits.
  static let rowLimit = 1 << 18
  /// A chunk is closed before another date where it has so many.
  static let dateLimit = 1 << 11

  private var rows: UnsafeMutablePointer<UsageRow>
  private var keys: UnsafeMutablePointer<UInt64>
  private var capacity: Int
  private var rowCount = 0
  private var closed: [UsageChunk] = []
  private var closedRowCount = 0
  private var hasKeys = false
  private var wide: [UInt8] = []
  /// What the wide rows add up to.
  private var amounts = AmountSum(.usage)
  private var dates: [UsageDate] = []
  private var dateCounts: [UInt32] = []
  private var lastDate = UsageDate(day: .min, known: .min)
  private var lastIndex: UInt16 = 0

  init() {
    capacity = 1 << 12
    rows = .allocate(capacity: capacity)
    keys = .allocate(capacity: capacity)
  }

  deinit {
    rows.deallocate()
    keys.deallocate()
  }

  /// The rows gathered since the chunks were taken.
  var gatheredRowCount: Int { closedRowCount + rowCount }

  /// Whether some chunk is closed.
  var hasClosedChunks: Bool { !closed.isEmpty }

  /// Begins another chunk where this one is full: before a row, or a run of rows, is added.
  mutating func closeIfFull() {
    if rowCount >= UsageChunkBuilder.rowLimit || dates.count >= UsageChunkBuilder.dateLimit { close() }
  }

  /// All rows gathered, in chunks, in their order.
  mutating func takeChunks() -> [UsageChunk] {
    close()
    defer { (closed, closedRowCount) = ([], 0) }
    return closed
  }

  private mutating func close() {
    guard rowCount > 0 else { return }
    closedRowCount += rowCount
    closed.append(seal())
  }

  /// Makes room for `count` more rows.
  mutating func reserve(_ count: Int) {
    guard rowCount + count > capacity else { return }
    var larger = capacity
    while larger < rowCount + count { larger *= 2 }
    let (newRows, newKeys) = (
      UnsafeMutablePointer<UsageRow>.allocate(capacity: larger), UnsafeMutablePointer<UInt64>.allocate(capacity: larger)
    )
    newRows.update(from: rows, count: rowCount)
    newKeys.update(from: keys, count: rowCount)
    rows.deallocate()
    keys.deallocate()
    (rows, keys, capacity) = (newRows, newKeys, larger)
  }

  /// The index of a date in the chunk.
  @inline(__always)
  mutating func index(of date: UsageDate) -> UInt16 {
    if date == lastDate { return lastIndex }
    return search(date)
  }

  private mutating func search(_ date: UsageDate) -> UInt16 {
    lastDate = date
    if let index = dates.firstIndex(of: date) {
      lastIndex = UInt16(index)
    } else {
      lastIndex = UInt16(dates.count)
      dates.append(date)
      dateCounts.append(0)
    }
    return lastIndex
  }

  /// Adds a row; room must have been reserved.
  private mutating func append(_ row: UsageRow, key: UInt64?) {
    rows[rowCount] = row
    if let key { keys[rowCount] = key }
    take(1, ofDate: row.date, keyed: key != nil)
  }

  /// Where the next rows and their keys go, if room for them was reserved: they count once `take` is told of them.
  var room: (rows: UnsafeMutablePointer<UsageRow>, keys: UnsafeMutablePointer<UInt64>) {
    (rows + rowCount, keys + rowCount)
  }

  /// Counts `count` rows of one date that were written to `room`.
  mutating func take(_ count: Int, ofDate date: UInt16, keyed: Bool) {
    guard count > 0 else { return }
    dateCounts[Int(date)] &+= UInt32(truncatingIfNeeded: count)
    hasKeys = hasKeys || keyed
    rowCount &+= count
  }

  /// Adds a row of any measures; `measures` has `UsageMeasureBytes.measureCount`.
  mutating func append(
    subscription: Int64, date: UsageDate, counterparty: Int64?, cell: Int64?, measures: [Int64], key: UInt64?
  ) {
    closeIfFull()
    reserve(1)
    let date = index(of: date)
    append(
      UsageRow(
        subscription: subscription, counterparty: counterparty ?? -1, cell: cell ?? -1, first: 0, second: 0,
        chargeE4: 0, date: date, flags: []), wide: measures, key: key)
  }

  /// Adds whom and where a subscription met, without measures.
  mutating func append(meetingOf subscription: Int64, date: UsageDate, counterparty: Int64?, cell: Int64?) {
    closeIfFull()
    reserve(1)
    let date = index(of: date)
    append(
      UsageRow(
        subscription: subscription, counterparty: counterparty ?? -1, cell: cell ?? -1, first: 0, second: 0,
        chargeE4: 0, date: date, flags: .isMeeting), key: nil)
  }

  /// Adds a row whose measures do not fit it; room must have been reserved.
  mutating func append(_ row: UsageRow, wide measures: [Int64], key: UInt64?) {
    var row = row
    row.first = UInt32(wide.count)
    row.flags = .isWide
    measures.withUnsafeBufferPointer { UsageMeasureBytes.append($0, to: &wide) }
    amounts.add(measures)
    append(row, key: key)
  }

  /// Makes a chunk of what was gathered and starts afresh. O(rows).
  private mutating func seal() -> UsageChunk {
    precondition(rowCount <= 1 << UsageChunk.rowBits && dates.count <= 1 << (32 - UsageChunk.rowBits), "numbers fit")
    let shards = UsageRow.shardCount
    var shardStarts = [UInt32](repeating: 0, count: shards + 1)
    for row in 0..<rowCount { shardStarts[UsageRow.shard(ofSubscription: rows[row].subscription) + 1] += 1 }
    for shard in 0..<shards { shardStarts[shard + 1] += shardStarts[shard] }
    // Where each row goes; keys need it too.
    var places = [UInt32](repeating: 0, count: hasKeys ? rowCount : 0)
    var next = shardStarts
    var wideStarts = [UInt32](repeating: 0, count: shards + 1)
    let memory = UsageMemory(rowCount: rowCount) { sorted in
      for row in 0..<rowCount {
        let shard = UsageRow.shard(ofSubscription: rows[row].subscription)
        let place = next[shard]
        next[shard] = place &+ 1
        if hasKeys { places[row] = place }
        sorted[Int(place)] = rows[row]
      }
      return UsageChunkBuilder.group(wide, of: sorted, shardStarts, &wideStarts)
    }
    let keys = groupedKeys(places)
    defer {
      rowCount = 0
      hasKeys = false
      self.wide.removeAll(keepingCapacity: true)
      amounts = AmountSum(.usage)
      dates = []
      dateCounts = []
      lastDate = UsageDate(day: .min, known: .min)
    }
    return UsageChunk(
      memory: memory, amounts: amounts, shardStarts: shardStarts, wideStarts: wideStarts, dates: dates,
      dateCounts: dateCounts,
      keys: keys.hashes, keyRows: keys.rows, keyStarts: keys.starts)
  }

  /// The measures of wide rows in the order of the sorted rows, so that a shard's stand together.
  private static func group(
    _ wide: [UInt8], of rows: UnsafeMutablePointer<UsageRow>, _ shardStarts: [UInt32], _ starts: inout [UInt32]
  ) -> [UInt8] {
    guard !wide.isEmpty else { return [] }
    var moved: [UInt8] = []
    moved.reserveCapacity(wide.count)
    wide.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      for shard in 0..<UsageRow.shardCount {
        for row in Int(shardStarts[shard])..<Int(shardStarts[shard + 1]) where rows[row].flags.contains(.isWide) {
          let offset = Int(rows[row].first)
          rows[row].first = UInt32(moved.count)
          moved.append(contentsOf: bytes[offset..<UsageMeasureBytes.end(base, offset)])
        }
        starts[shard + 1] = UInt32(moved.count)
      }
    }
    return moved
  }

  private func groupedKeys(_ places: [UInt32]) -> (hashes: [UInt64], rows: [UInt32], starts: [UInt32]) {
    guard hasKeys else { return ([], [], []) }
    var starts = [UInt32](repeating: 0, count: RecordKeyPass.partitionCount + 1)
    for row in 0..<rowCount { starts[RecordKeyPass.partition(keys[row]) + 1] += 1 }
    for partition in 0..<RecordKeyPass.partitionCount { starts[partition + 1] += starts[partition] }
    var next = starts
    var keyRows = [UInt32](repeating: 0, count: rowCount)
    let hashes = [UInt64](unsafeUninitializedCapacity: rowCount) { hashes, count in
      for row in 0..<rowCount {
        let partition = RecordKeyPass.partition(keys[row])
        let place = Int(next[partition])
        next[partition] &+= 1
        hashes.initializeElement(at: place, to: keys[row])
        keyRows[place] = places[row] | UInt32(rows[row].date) << UsageChunk.rowBits
      }
      count = rowCount
    }
    return (hashes, keyRows, starts)
  }
}
