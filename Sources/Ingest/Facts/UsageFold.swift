/// Sums the usage rows of one shard after the other into daily facts: the heart of the ingest.
///
/// A shard's rows, from all deliveries, are copied together, grouped by subscription with a small hash table, and gone
/// through subscription by subscription in ascending order; its rows are cut into groups (day, delivery, known day), each
/// summed, and its counterparties and cells counted. All of it stays in the second-level cache. Rows that repeat a
/// record key are left out. A fold belongs to one thread, and no call on its buffers is under way while another begins:
/// the checks of that are left out.
final class UsageFold {
  private let groups: UsageGroups
  @exclusivity(unchecked) private var rows = GrowingBuffer<UsageRow>()
  @exclusivity(unchecked) private var rowGroups = GrowingBuffer<Int32>()
  @exclusivity(unchecked) private var wide = GrowingBuffer<UInt8>()
  /// For each row the number of its subscription, as met.
  @exclusivity(unchecked) private var owners = GrowingBuffer<UInt32>()
  /// Rows, by subscription and in the order in which they came.
  @exclusivity(unchecked) private var order = GrowingBuffer<UInt32>()
  @exclusivity(unchecked) private var partners = GrowingBuffer<Int64>()
  @exclusivity(unchecked) private var subscriptions: [Int64] = []
  @exclusivity(unchecked) private var counts: [UInt32] = []
  @exclusivity(unchecked) private var slots: [UInt32] = []
  private let sums = UnsafeMutablePointer<Int64>.allocate(capacity: UsageMeasureBytes.measureCount)

  init(_ groups: UsageGroups) { self.groups = groups }

  deinit { sums.deallocate() }

  /// Sums one shard; the sink takes facts in ascending order.
  func fold(_ shard: Int, into sink: UsageSink) throws {
    let rowCount = try gather(shard)
    guard rowCount > 0 else { return }
    numberSubscriptions(rowCount)
    let ranks = subscriptions.indices.sorted { subscriptions[$0] < subscriptions[$1] }
    var starts = [Int](repeating: 0, count: subscriptions.count)
    var start = 0
    for number in ranks {
      starts[number] = start
      start += Int(counts[number])
    }
    order.reserve(rowCount)
    let (owners, order) = (owners.base, order.base)
    for row in 0..<rowCount {
      let owner = Int(owners[row])
      order[starts[owner]] = UInt32(row)
      starts[owner] += 1
    }
    for number in ranks {
      let end = starts[number]
      try sum(
        UnsafeMutableBufferPointer(start: order + (end - Int(counts[number])), count: Int(counts[number])),
        of: subscriptions[number], into: sink)
    }
  }

  // MARK: - Gathering

  /// Copies the rows of a shard together; returns their number.
  private func gather(_ shard: Int) throws -> Int {
    var rowCount = 0
    var wideCount = 0
    for (chunk, numbers) in groups.chunks {
      let first = Int(chunk.shardStarts[shard])
      let count = Int(chunk.shardStarts[shard + 1]) - first
      guard count > 0 else { continue }
      let wideFirst = Int(chunk.wideStarts[shard])
      let wideLength = Int(chunk.wideStarts[shard + 1]) - wideFirst
      rows.reserve(rowCount + count, keeping: rowCount)
      rowGroups.reserve(rowCount + count, keeping: rowCount)
      wide.reserve(wideCount + wideLength, keeping: wideCount)
      try copy(chunk, first, count, to: rows.base + rowCount, wideFirst, wideLength, to: wide.base + wideCount)
      let (rows, rowGroups) = (rows.base, rowGroups.base)
      numbers.withUnsafeBufferPointer { numbers in
        var target = rowCount
        for index in 0..<count {
          var row = rows[rowCount + index]
          if !chunk.duplicates.isEmpty, chunk.isDuplicate(first + index) { continue }
          if row.flags.contains(.isWide) { row.first = row.first &- UInt32(wideFirst) &+ UInt32(wideCount) }
          rows[target] = row
          rowGroups[target] = numbers[Int(row.date)]
          target += 1
        }
        rowCount = target
      }
      wideCount += wideLength
    }
    return rowCount
  }

  private func copy(
    _ chunk: UsageChunk, _ first: Int, _ count: Int, to target: UnsafeMutablePointer<UsageRow>, _ wideFirst: Int,
    _ wideLength: Int, to wideTarget: UnsafeMutablePointer<UInt8>
  ) throws {
    switch chunk.storage {
    case .memory(let rows, let wide):
      rows.withUnsafeBufferPointer { source in
        if let base = source.baseAddress { target.update(from: base + first, count: count) }
      }
      wide.withUnsafeBufferPointer { source in
        if let base = source.baseAddress { wideTarget.update(from: base + wideFirst, count: wideLength) }
      }
    case .spilled(let spill, let offset):
      let stride = MemoryLayout<UsageRow>.stride
      try spill.read(
        offset + first * stride, into: UnsafeMutableRawBufferPointer(start: target, count: count * stride))
      if wideLength > 0 {
        try spill.read(
          offset + chunk.rowCount * stride + wideFirst,
          into: UnsafeMutableRawBufferPointer(start: wideTarget, count: wideLength))
      }
    }
  }

  /// Numbers the subscriptions as they are met and counts the rows of each.
  private func numberSubscriptions(_ rowCount: Int) {
    subscriptions.removeAll(keepingCapacity: true)
    counts.removeAll(keepingCapacity: true)
    owners.reserve(rowCount)
    if slots.isEmpty { slots = Array(repeating: 0, count: 1 << 13) }
    for slot in slots.indices { slots[slot] = 0 }
    let (rows, owners) = (rows.base, owners.base)
    for row in 0..<rowCount {
      let subscription = rows[row].subscription
      var slot = UsageFold.slot(subscription, slots.count)
      // A slot holds a number and one, so that zero is free.
      while slots[slot] != 0, subscriptions[Int(slots[slot]) - 1] != subscription {
        slot = (slot + 1) & (slots.count - 1)
      }
      if slots[slot] == 0 {
        subscriptions.append(subscription)
        counts.append(0)
        slots[slot] = UInt32(subscriptions.count)
        if subscriptions.count * 2 > slots.count { growSlots() }
        owners[row] = UInt32(subscriptions.count - 1)
        counts[subscriptions.count - 1] += 1
      } else {
        let number = slots[slot] - 1
        owners[row] = number
        counts[Int(number)] += 1
      }
    }
  }

  private func growSlots() {
    slots = Array(repeating: 0, count: slots.count * 4)
    for (number, subscription) in subscriptions.enumerated() {
      var slot = UsageFold.slot(subscription, slots.count)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(number + 1)
    }
  }

  @inline(__always)
  private static func slot(_ subscription: Int64, _ slotCount: Int) -> Int {
    Int(truncatingIfNeeded: (UInt64(bitPattern: subscription) &* 0x9E37_79B9_7F4A_7C15) >> 24) & (slotCount - 1)
  }

  // MARK: - Summing

  /// Sums the rows of one subscription.
  private func sum(
    _ members: UnsafeMutableBufferPointer<UInt32>, of subscription: Int64, into sink: UsageSink
  ) throws {
    let rowGroups = rowGroups.base
    var isMixed = false
    for index in 1..<max(1, members.count) {
      isMixed = isMixed || rowGroups[Int(members[index])] != rowGroups[Int(members[0])]
    }
    var members = members
    if isMixed { members.sort { rowGroups[Int($0)] < rowGroups[Int($1)] } }
    partners.reserve(members.count)
    var start = 0
    while start < members.count {
      let group = rowGroups[Int(members[start])]
      var end = start + 1
      while end < members.count, rowGroups[Int(members[end])] == group { end += 1 }
      let run = UnsafeMutableBufferPointer(rebasing: members[start..<end])
      let day = Int(groups.dayOfGroup[Int(group)])
      let key = groups.groups[Int(group)]
      if sumMeasures(run) { try sink.takeUsage(day, subscription, key, sums) }
      let parties = collect(run, ofCells: false)
      try sink.takeCounterparties(
        day, subscription, key, UnsafeMutableBufferPointer(start: partners.base, count: parties))
      let cells = collect(run, ofCells: true)
      try sink.takeCells(day, subscription, key, UnsafeMutableBufferPointer(start: partners.base, count: cells))
      start = end
    }
  }

  /// Sums the measures of rows; false where none of them has any.
  private func sumMeasures(_ run: UnsafeMutableBufferPointer<UInt32>) -> Bool {
    let (rows, wide, sums) = (rows.base, wide.base, sums)
    sums.update(repeating: 0, count: UsageMeasureBytes.measureCount)
    var isAny = false
    for index in run {
      let row = rows[Int(index)]
      if row.flags.contains(.isWide) {
        UsageMeasureBytes.add(wide, Int(row.first), to: sums)
      } else if !row.flags.contains(.isMeeting) {
        UsageMeasures.add(row, to: sums)
      }
      isAny = isAny || !row.flags.contains(.isMeeting)
    }
    return isAny
  }

  /// Collects the cells or counterparties of rows, sorted; returns how many there are.
  private func collect(_ run: UnsafeMutableBufferPointer<UInt32>, ofCells: Bool) -> Int {
    var count = 0
    let (target, rows) = (partners.base, rows.base)
    for index in run {
      let value = ofCells ? rows[Int(index)].cell : rows[Int(index)].counterparty
      target[count] = value
      count += value >= 0 ? 1 : 0
    }
    UsageFold.sort(target, count)
    return count
  }

  /// Sorts a few numbers by insertion, many by the library.
  private static func sort(_ values: UnsafeMutablePointer<Int64>, _ count: Int) {
    guard count <= 40 else {
      var many = UnsafeMutableBufferPointer(start: values, count: count)
      return many.sort()
    }
    for index in 1..<max(1, count) {
      let value = values[index]
      var place = index
      while place > 0, values[place - 1] > value {
        values[place] = values[place - 1]
        place -= 1
      }
      values[place] = value
    }
  }
}
