/// Sums the usage rows of one shard after the other into daily facts: the heart of the ingest.
///
/// The rows of a shard, from all deliveries, are gone through once, where they lie. Each finds its owner (subscription and
/// group: day, delivery, known day) in a small hash table and is added to the owner's sums; its counterparty and cell are
/// set aside. These are then laid out owner after owner, sorted, and counted by the sink. All of it stays in the
/// second-level cache but the rows. Rows that repeat a record key are left out. A fold belongs to one thread, and no call
/// on its buffers is under way while another begins: the checks of that are left out.
final class UsageFold {
  /// A subscription in a group.
  private struct Owner {
    var subscription: Int64
    var group: Int32
    /// Rows that are events, or sums of them.
    var eventRowCount: UInt32 = 0
  }

  private let groups: UsageGroups
  /// Rows and measures that are read back from a spill.
  @exclusivity(unchecked) private var spilledRows = GrowingBuffer<UsageRow>()
  @exclusivity(unchecked) private var spilledWide = GrowingBuffer<UInt8>()
  /// For each row the number of its owner, as met.
  @exclusivity(unchecked) private var rowOwners = GrowingBuffer<UInt32>()
  @exclusivity(unchecked) private var counterparties = FoldedPartners()
  @exclusivity(unchecked) private var cells = FoldedPartners()
  @exclusivity(unchecked) private var owners = GrowingBuffer<Owner>()
  /// The sums of each owner, `UsageMeasures.slotCount` apart.
  @exclusivity(unchecked) private var sums = GrowingBuffer<Int64>()
  @exclusivity(unchecked) private var ownerCount = 0
  /// Numbers of owners and one, by hash: zero is free.
  @exclusivity(unchecked) private var slots = GrowingBuffer<UInt32>()
  @exclusivity(unchecked) private var slotCount = 1 << 13

  init(_ groups: UsageGroups) { self.groups = groups }

  /// Sums one shard; the sink takes facts in ascending order.
  func fold(_ shard: Int, into sink: UsageSink) throws {
    let rowCount = try gather(shard)
    guard rowCount > 0 else { return }
    let ranks = ranked()
    counterparties.layOut(rowOwners.base, rowCount, ranks)
    cells.layOut(rowOwners.base, rowCount, ranks)
    let (owners, sums) = (owners.base, sums.base)
    try groups.groups.withUnsafeBufferPointer { groups in
      try self.groups.dayOfGroup.withUnsafeBufferPointer { days in
        for number in ranks {
          let owner = owners[number]
          let group = groups[Int(owner.group)]
          let day = Int(days[Int(owner.group)])
          if owner.eventRowCount > 0 {
            try sink.takeUsage(day, owner.subscription, group, sums + number * UsageMeasures.slotCount)
          }
          try sink.takeCounterparties(day, owner.subscription, group, counterparties.sorted(ofOwner: number))
          try sink.takeCells(day, owner.subscription, group, cells.sorted(ofOwner: number))
        }
      }
    }
  }

  // MARK: - Rows

  /// Goes through the rows of a shard and returns how many count.
  private func gather(_ shard: Int) throws -> Int {
    ownerCount = 0
    slots.reserve(slotCount)
    slots.base.update(repeating: 0, count: slotCount)
    counterparties.removeAll()
    cells.removeAll()
    var rowCount = 0
    // Where they lie: a copy of a chunk counts its references up and down.
    try groups.chunks.withUnsafeBufferPointer { chunks in
      for index in chunks.indices { try gather(shard, of: chunks[index], groups.groupsOfDates[index], &rowCount) }
    }
    return rowCount
  }

  private func gather(_ shard: Int, of chunk: borrowing UsageChunk, _ numbers: [Int32], _ rowCount: inout Int) throws {
    let first = Int(chunk.shardStarts[shard])
    let count = Int(chunk.shardStarts[shard + 1]) - first
    guard count > 0 else { return }
    rowOwners.reserve(rowCount + count, keeping: rowCount)
    counterparties.reserve(rowCount + count, keeping: rowCount)
    cells.reserve(rowCount + count, keeping: rowCount)
    switch chunk.storage {
    case .memory(let memory):
      memory.wide.withUnsafeBufferPointer { wide in
        take(
          memory.rows + first, count, of: chunk, first, wide.baseAddress ?? UnsafePointer(spilledWide.base), numbers,
          &rowCount)
      }
    case .spilled(let spill, let offset):
      let wideFirst = Int(chunk.wideStarts[shard])
      let wideCount = Int(chunk.wideStarts[shard + 1]) - wideFirst
      let stride = MemoryLayout<UsageRow>.stride
      spilledRows.reserve(count)
      spilledWide.reserve(wideCount)
      try spill.read(
        offset + first * stride, into: UnsafeMutableRawBufferPointer(start: spilledRows.base, count: count * stride))
      try spill.read(
        offset + chunk.rowCount * stride + wideFirst,
        into: UnsafeMutableRawBufferPointer(start: spilledWide.base, count: wideCount))
      // Offsets of wide measures count from the chunk's first.
      take(spilledRows.base, count, of: chunk, first, UnsafePointer(spilledWide.base) - wideFirst, numbers, &rowCount)
    }
  }

  /// Adds rows to their owners' sums and sets their counterparties and cells aside.
  private func take(
    _ rows: UnsafePointer<UsageRow>, _ count: Int, of chunk: borrowing UsageChunk, _ first: Int,
    _ wide: UnsafePointer<UInt8>, _ numbers: [Int32], _ rowCount: inout Int
  ) {
    let hasDuplicates = !chunk.duplicates.isEmpty
    let (rowOwners, counterparties, cells) = (rowOwners.base, counterparties.setter, cells.setter)
    var (owners, sums, slots, slotCount) = (owners.base, sums.base, slots.base, slotCount)
    var target = rowCount
    numbers.withUnsafeBufferPointer { numbers in
      for index in 0..<count {
        if hasDuplicates, chunk.isDuplicate(first + index) { continue }
        let subscription = rows[index].subscription
        let group = numbers[Int(rows[index].date)]
        var slot = UsageFold.slot(subscription, group, slotCount)
        while slots[slot] != 0 {
          let owner = owners[Int(slots[slot] &- 1)]
          if owner.subscription == subscription, owner.group == group { break }
          slot = (slot &+ 1) & (slotCount &- 1)
        }
        if slots[slot] == 0 {
          slot = add(Owner(subscription: subscription, group: group), at: slot)
          (owners, sums, slots, slotCount) = (self.owners.base, self.sums.base, self.slots.base, self.slotCount)
        }
        let number = slots[slot] &- 1
        let flags = rows[index].flags
        let own = sums + Int(number) &* UsageMeasures.slotCount
        if flags.isDisjoint(with: [.isWide, .isMeeting]) {
          UsageMeasures.add(rows[index], to: own)
        } else if flags.contains(.isWide) {
          UsageMeasureBytes.add(wide, Int(rows[index].first), to: own)
        }
        owners[Int(number)].eventRowCount &+= flags.contains(.isMeeting) ? 0 : 1
        rowOwners[target] = number
        counterparties.set(rows[index].counterparty, target)
        cells.set(rows[index].cell, target)
        target &+= 1
      }
    }
    rowCount = target
  }

  // MARK: - Owners

  /// Adds an owner, whose free slot was found, and returns its slot.
  private func add(_ owner: Owner, at slot: Int) -> Int {
    let stride = UsageMeasures.slotCount
    owners.reserve(ownerCount + 1, keeping: ownerCount)
    sums.reserve((ownerCount + 1) * stride, keeping: ownerCount * stride)
    owners.base[ownerCount] = owner
    (sums.base + ownerCount * stride).update(repeating: 0, count: stride)
    ownerCount += 1
    slots.base[slot] = UInt32(ownerCount)
    guard ownerCount * 2 > slotCount else { return slot }
    slotCount *= 4
    slots.reserve(slotCount)
    slots.base.update(repeating: 0, count: slotCount)
    var last = 0
    for number in 0..<ownerCount {
      last = UsageFold.slot(owners.base[number].subscription, owners.base[number].group, slotCount)
      while slots.base[last] != 0 { last = (last + 1) & (slotCount - 1) }
      slots.base[last] = UInt32(number + 1)
    }
    return last
  }

  @inline(__always)
  private static func slot(_ subscription: Int64, _ group: Int32, _ slotCount: Int) -> Int {
    let mixed = UInt64(bitPattern: subscription) ^ UInt64(UInt32(bitPattern: group)) << 32
    return Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) >> 24) & (slotCount &- 1)
  }

  /// The numbers of the owners, by subscription and group.
  private func ranked() -> [Int] {
    let owners = owners.base
    // The bits behind those of the shard spread subscriptions evenly: few are left to be compared.
    func part(_ number: Int) -> Int { Int(truncatingIfNeeded: owners[number].subscription >> 44) & 2_047 }
    func isLess(_ a: Int, _ b: Int) -> Bool {
      (owners[a].subscription, owners[a].group) < (owners[b].subscription, owners[b].group)
    }
    var ends = [Int](repeating: 0, count: 2_049)
    for number in 0..<ownerCount { ends[part(number) + 1] += 1 }
    for index in 1..<ends.count { ends[index] += ends[index - 1] }
    var ranks = [Int](repeating: 0, count: ownerCount)
    for number in 0..<ownerCount {
      ranks[ends[part(number)]] = number
      ends[part(number)] += 1
    }
    var start = 0
    for end in ends {
      if end - start > 1 { ranks[start..<end].sort(by: isLess) }
      start = end
    }
    return ranks
  }
}
