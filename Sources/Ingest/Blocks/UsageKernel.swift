import CSV
import Calendar
import Randomness
import Vault

/// Turns runs of plain lines into usage rows: the fast form of `FileReading` for feeds of the usual make.
///
/// Column after column is decoded into scratch, then the rows are put together. A line of which any decoder is not sure,
/// that nobody owns, or that lies outside of the window, is handed back and goes row by row, where it is judged and
/// rejects are worded. Scratch belongs to one thread, and no call on it is under way while another begins: the checks of
/// that are left out, since runs of lines may be short.
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
  @exclusivity(unchecked) private var unsure = GrowingBuffer<UInt8>()
  @exclusivity(unchecked) private var numbers = GrowingBuffer<UInt64>()
  @exclusivity(unchecked) private var utc = GrowingBuffer<Int64>()
  @exclusivity(unchecked) private var day = GrowingBuffer<Int32>()
  @exclusivity(unchecked) private var duration = GrowingBuffer<Int64>()
  @exclusivity(unchecked) private var down = GrowingBuffer<Int64>()
  @exclusivity(unchecked) private var up = GrowingBuffer<Int64>()
  @exclusivity(unchecked) private var charge = GrowingBuffer<Int64>()
  @exclusivity(unchecked) private var texts = ShortTexts()
  @exclusivity(unchecked) private var party = GrowingBuffer<UInt64>()
  @exclusivity(unchecked) private var cell = GrowingBuffer<UInt64>()
  @exclusivity(unchecked) private var key = GrowingBuffer<UInt64>()
  @exclusivity(unchecked) private var flags = GrowingBuffer<UInt16>()

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
    readsCountry = !columns.saysInternational && columns.counterparty != nil && !feed.phoneNumbers.countryCode.isEmpty
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
    builder.closeIfFull()
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
    let flags = flags.base
    flags.update(repeating: columns.flags.fixed.rawValue, count: count)
    func column(_ source: Int) -> PlainLines.Column { lines.column(positions[source]) }
    PlainDecoder.phoneNumbers(column(columns.number), count, columns.rule, into: numbers.base, unsure)
    clock.read(column(columns.startedAt), count, utc: utc.base, day: day.base, flags: flags, unsure)
    for flag in columns.flags.columns { flag.table.read(column(flag.source), count, into: flags) }
    scale(columns.duration, lines, duration.base)
    scale(columns.down, lines, down.base)
    scale(columns.up, lines, up.base)
    if let money = columns.charge {
      PlainDecoder.money(column(money.source), count, money.unit, into: charge.base, unsure)
    } else {
      charge.base.update(repeating: 0, count: count)
    }
    if let source = columns.counterparty {
      PlainDecoder.counterparties(
        column(source), count, columns.rule, into: texts, flags: readsCountry ? flags : nil, unsure)
      pseudonyms(count, party.base)
    } else {
      party.base.update(repeating: .max, count: count)
    }
    if let source = columns.cell {
      PlainDecoder.identifiers(column(source), count, into: texts, unsure)
      pseudonyms(count, cell.base)
    } else {
      cell.base.update(repeating: .max, count: count)
    }
    if let source = columns.recordKey {
      PlainDecoder.recordKeys(column(source), count, into: texts, unsure)
      texts.hash(count, keyHash, into: key.base)
    }
    judge(count)
  }

  /// The pseudonyms of the texts gathered, or -1 for a text of no bytes.
  private func pseudonyms(_ count: Int, _ target: UnsafeMutablePointer<UInt64>) {
    texts.hash(count, hash, into: target)
    let lengths = texts.lengths.base
    for line in 0..<count { target[line] = lengths[line] == 0 ? .max : target[line] >> 1 }
  }

  /// Finds the owners; what has none, or lies outside of the window, is unsure.
  private func judge(_ count: Int) {
    let (unsure, utc, day, flags) = (unsure.base, utc.base, day.base, flags.base)
    let (earliest, latest) = (earliest, latest)
    for line in 0..<count {
      unsure[line] |=
        UInt8(truncatingIfNeeded: flags[line] >> 15) | (day[line] < earliest || day[line] > latest ? 1 : 0)
    }
    owners.replace(numbers.base, at: utc, unsure, count)
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
    duration.reserve(count)
    down.reserve(count)
    up.reserve(count)
    charge.reserve(count)
    texts.reserve(count)
    party.reserve(count)
    cell.reserve(count)
    key.reserve(count)
    flags.reserve(count)
  }

  // MARK: - Rows

  private func append(_ lines: Range<Int>, _ builder: inout UsageChunkBuilder) {
    let hasKey = columns.recordKey != nil
    let countsEveryCall = columns.duration == nil
    let (owners, parties, cells, keys) = (numbers.base, party.base, cell.base, key.base)
    let (days, flags) = (day.base, flags.base)
    let (durations, downs, ups, charges) = (duration.base, down.base, up.base, charge.base)
    var room = builder.room
    var (date, lastDay, count): (UInt16, Int32, Int) = (0, .min, 0)
    for line in lines {
      let day = days[line]
      if day != lastDay {
        builder.take(count, ofDate: date, keyed: hasKey)
        builder.closeIfFull()
        date = builder.index(of: UsageDate(day: day, known: lagDays.map { min(night, day &+ $0) } ?? night))
        (room, lastDay, count) = (builder.room, day, 0)
      }
      let duration = durations[line]
      var own = UsageRow.Flags(rawValue: flags[line])
      if countsEveryCall || duration > 0 { own.insert(.isAnswered) }
      let type = own.rawValue & UsageRow.Flags.typeMask
      let first = type == 0 ? duration : type == 1 ? 0 : downs[line]
      let second = type == 2 ? ups[line] : 0
      let charge = charges[line]
      let row = UsageRow(
        subscription: Int64(bitPattern: owners[line]), counterparty: Int64(bitPattern: parties[line]),
        cell: Int64(bitPattern: cells[line]),
        first: UInt32(truncatingIfNeeded: first), second: UInt32(truncatingIfNeeded: second),
        chargeE4: Int32(truncatingIfNeeded: charge), date: date, flags: own)
      if (first | second) >> 32 == 0, charge >> 31 == 0 {
        room.rows[count] = row
        if hasKey { room.keys[count] = keys[line] }
        count &+= 1
      } else {
        builder.take(count, ofDate: date, keyed: hasKey)
        builder.append(
          row, wide: UsageMeasures.all(own, first: first, second: second, chargeE4: charge),
          key: hasKey ? keys[line] : nil)
        (room, count) = (builder.room, 0)
      }
    }
    builder.take(count, ofDate: date, keyed: hasKey)
  }
}
