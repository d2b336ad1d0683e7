import CSV
import Calendar
import Randomness
import Vault

/// Turns runs of plain lines into usage rows: the fast form of `FileReading` for feeds of the usual make.
///
/// Column after column is decoded into scratch, then the rows are put together. A line of which any decoder is not sure,
/// that nobody owns, or that lies outside of the window, is handed back and goes row by row, where it is judged and
/// rejects are worded. Scratch belongs to one thread.
final class UsageKernel {
  private let columns: UsageColumns
  /// Position of each source in the record.
  private var positions: [Int]
  private let night: Int32
  private let earliest: Int32
  private let latest: Int32
  private let lagDays: Int32?
  private let readsCountry: Bool
  private let hash: SipHash
  private let keyHash: SipHash
  private var clock: PlainClock
  private var owners: OwnerCache
  private var capacity = 0

  // One value a line.
  private var unsure = GrowingBuffer<UInt8>()
  private var numbers = GrowingBuffer<UInt64>()
  private var utc = GrowingBuffer<Int64>()
  private var day = GrowingBuffer<Int32>()
  private var hour = GrowingBuffer<UInt8>()
  private var duration = GrowingBuffer<Int64>()
  private var down = GrowingBuffer<Int64>()
  private var up = GrowingBuffer<Int64>()
  private var charge = GrowingBuffer<Int64>()
  private var party = GrowingBuffer<Int64>()
  private var cell = GrowingBuffer<Int64>()
  private var key = GrowingBuffer<UInt64>()
  private var type = GrowingBuffer<UInt8>()
  private var direction = GrowingBuffer<UInt8>()
  private var dropped = GrowingBuffer<UInt8>()
  private var roaming = GrowingBuffer<UInt8>()
  private var international = GrowingBuffer<UInt8>()

  /// Makes a kernel for records in which source `s` stands at `positions[s]`.
  init(
    _ columns: UsageColumns, positions: [Int], feed: Feed, context: NightContext
  ) {
    self.columns = columns
    self.positions = positions
    night = context.night.rawValue
    earliest = feed.lateDays.map { context.night.rawValue - Int32($0) } ?? .min
    latest = context.night.rawValue
    lagDays = if case .lag(let days) = feed.known { Int32(days) } else { nil }
    readsCountry = columns.international == nil && columns.counterparty != nil && !feed.phoneNumbers.countryCode.isEmpty
    hash = context.key.counterpartyHash
    keyHash = context.key.recordKeyHash
    clock = PlainClock(columns.timeFormat, zone: feed.zone)
    owners = OwnerCache(context.book, learned: feed.phoneNumbers.isImplicit ? context.learned : nil)
  }

  /// Adds the rows of a run to `builder`; `handBack` takes the lines, in order, that must go row by row, at their place.
  ///
  /// Throws what `handBack` throws. O(bytes of the mapped columns).
  func take<Failure: Error>(
    _ lines: PlainLines, into builder: inout UsageChunkBuilder,
    handBack: (Range<Int>, inout UsageChunkBuilder) throws(Failure) -> Void
  ) throws(Failure) {
    decode(lines)
    let count = lines.lineCount
    builder.reserve(count)
    var at = 0
    while at < count {
      let first = at
      while at < count, unsure.base[at] == 0 { at &+= 1 }
      if at > first { append(first..<at, &builder) }
      let odd = at
      while at < count, unsure.base[at] != 0 { at &+= 1 }
      if at > odd {
        try handBack(odd..<at, &builder)
        builder.reserve(count - at)
      }
    }
  }

  /// Turns to a member whose records have their sources elsewhere.
  func move(to positions: [Int]) { self.positions = positions }

  // MARK: - Columns

  private func decode(_ lines: PlainLines) {
    let count = lines.lineCount
    reserve(count)
    let unsure = unsure.base
    unsure.update(repeating: 0, count: count)
    func column(_ source: Int) -> PlainLines.Column { lines.column(positions[source]) }
    PlainDecoder.phoneNumbers(column(columns.number), count, columns.rule, into: numbers.base, unsure)
    clock.read(column(columns.startedAt), count, utc: utc.base, day: day.base, hour: hour.base, unsure)
    read(columns.type, lines, type.base)
    read(columns.direction, lines, direction.base)
    read(columns.dropped, lines, dropped.base)
    read(columns.roaming, lines, roaming.base)
    scale(columns.duration, lines, duration.base)
    scale(columns.down, lines, down.base)
    scale(columns.up, lines, up.base)
    if let money = columns.charge {
      PlainDecoder.money(column(money.source), count, money.unit, into: charge.base, unsure)
    } else {
      charge.base.update(repeating: 0, count: count)
    }
    if let international = columns.international {
      read(international, lines, self.international.base)
    } else if !readsCountry {
      international.base.update(repeating: 0, count: count)
    }
    if let source = columns.counterparty {
      PlainDecoder.counterparties(
        column(source), count, columns.rule, hash, into: party.base,
        foreign: readsCountry ? international.base : nil, unsure)
    } else {
      party.base.update(repeating: -1, count: count)
    }
    if let source = columns.cell {
      PlainDecoder.identifiers(column(source), count, hash, into: cell.base, unsure)
    } else {
      cell.base.update(repeating: -1, count: count)
    }
    if let source = columns.recordKey {
      PlainDecoder.recordKeys(column(source), count, keyHash, into: key.base, unsure)
    }
    judge(count)
  }

  /// Finds the owners; what has none, or lies outside of the window, is unsure.
  private func judge(_ count: Int) {
    let (unsure, utc, day, type) = (unsure.base, utc.base, day.base, type.base)
    let (direction, dropped, roaming) = (direction.base, dropped.base, roaming.base)
    let international = international.base
    let (earliest, latest) = (earliest, latest)
    for line in 0..<count {
      // 255 marks an unsure code, and codes are small: the highest bit of their union tells.
      let codes = type[line] | direction[line] | dropped[line] | roaming[line] | international[line]
      unsure[line] |= codes >> 7 | (day[line] < earliest || day[line] > latest ? 1 : 0)
    }
    UsageKernel.findOwners(&owners, numbers.base, utc, unsure, count)
  }

  /// Puts the owner of each number into its place.
  private static func findOwners(
    _ owners: inout OwnerCache, _ numbers: UnsafeMutablePointer<UInt64>, _ utc: UnsafeMutablePointer<Int64>,
    _ unsure: UnsafeMutablePointer<UInt8>, _ count: Int
  ) {
    for line in 0..<count where unsure[line] == 0 {
      let owner = owners.subscription(ofNumber: numbers[line], at: utc[line])
      unsure[line] = owner < 0 ? 1 : 0
      numbers[line] = UInt64(bitPattern: owner)
    }
  }

  private func read(_ codes: UsageColumns.Codes, _ lines: PlainLines, _ target: UnsafeMutablePointer<UInt8>) {
    switch codes {
    case .fixed(let code): target.update(repeating: code, count: lines.lineCount)
    case .source(let source, let table): table.read(lines.column(positions[source]), lines.lineCount, target)
    }
  }

  private func scale(_ scaled: UsageColumns.Scaled?, _ lines: PlainLines, _ target: UnsafeMutablePointer<Int64>) {
    guard let scaled else { return target.update(repeating: 0, count: lines.lineCount) }
    PlainDecoder.scaled(
      lines.column(positions[scaled.source]), lines.lineCount, numerator: scaled.numerator,
      denominator: scaled.denominator, into: target, unsure.base)
  }

  private func reserve(_ count: Int) {
    guard count > capacity else { return }
    capacity = count
    unsure.reserve(count)
    numbers.reserve(count)
    utc.reserve(count)
    day.reserve(count)
    hour.reserve(count)
    duration.reserve(count)
    down.reserve(count)
    up.reserve(count)
    charge.reserve(count)
    party.reserve(count)
    cell.reserve(count)
    key.reserve(count)
    type.reserve(count)
    direction.reserve(count)
    dropped.reserve(count)
    roaming.reserve(count)
    international.reserve(count)
  }

  // MARK: - Rows

  private func append(_ lines: Range<Int>, _ builder: inout UsageChunkBuilder) {
    let hasKey = columns.recordKey != nil
    let countsEveryCall = columns.duration == nil
    let (owners, parties, cells, keys) = (numbers.base, party.base, cell.base, key.base)
    let (days, hours, types, directions) = (day.base, hour.base, type.base, direction.base)
    let (dropped, roaming, international) = (dropped.base, roaming.base, international.base)
    let (durations, downs, ups, charges) = (duration.base, down.base, up.base, charge.base)
    let (night, lagDays) = (night, lagDays)
    for line in lines {
      let day = days[line]
      let date = builder.index(of: UsageDate(day: day, known: lagDays.map { min(night, day &+ $0) } ?? night))
      let type = types[line]
      let hour = hours[line]
      var bits = UInt16(type) & UsageRow.Flags.typeMask
      @inline(__always) func set(_ flag: UsageRow.Flags, _ isSet: Bool) { bits |= isSet ? flag.rawValue : 0 }
      set(.isIncoming, directions[line] == 1)
      set(.isAnswered, countsEveryCall || durations[line] > 0)
      set(.isDropped, dropped[line] == 1)
      set(.isRoaming, roaming[line] == 1)
      set(.isInternational, international[line] == 1)
      set(.isNight, hour >= 22 || hour < 6)
      let flags = UsageRow.Flags(rawValue: bits)
      let first = type == 0 ? durations[line] : type == 1 ? 0 : downs[line]
      let second = type == 2 ? ups[line] : 0
      let charge = charges[line]
      let row = UsageRow(
        subscription: Int64(bitPattern: owners[line]), counterparty: parties[line], cell: cells[line],
        first: UInt32(truncatingIfNeeded: first), second: UInt32(truncatingIfNeeded: second),
        chargeE4: Int32(truncatingIfNeeded: charge), date: date, flags: flags)
      if (first | second) >> 32 == 0, charge >> 31 == 0 {
        builder.append(row, key: hasKey ? keys[line] : nil)
      } else {
        builder.append(
          row, wide: UsageMeasures.all(flags, first: first, second: second, chargeE4: charge),
          key: hasKey ? keys[line] : nil)
      }
    }
  }
}
