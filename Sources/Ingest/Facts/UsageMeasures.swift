import Datasets

/// Turns a usage event, or a day of usage, into the measures of `facts/usage`.
struct UsageMeasures: Sendable {
  /// Where each measure stands among the columns of the dataset's measures.
  private enum Measure: Int {
    case voiceOutCount, voiceOutSeconds, voiceInCount, voiceInSeconds, smsOutCount, smsInCount, dataCount
    case dataDownBytes, dataUpBytes, chargeE4, droppedCount, nightCount, roamingCount, internationalCount, eventCount
  }

  private let type, direction, duration, down, up, charge, dropped, roaming, international, counterparty: Int?
  private let mapsDuration, mapsInternational: Bool
  /// Of `usage-daily`: the first measure's field; the others follow in the order of the dataset.
  private let firstDaily: Int?

  /// Finds the fields of a feed; nil for kinds that are not usage.
  init?(_ feed: Feed) {
    guard feed.kind == .usage || feed.kind == .usageDaily else { return nil }
    func index(_ name: String) -> Int? { Feed.index(of: name, in: feed.kind) }
    type = index("type")
    direction = index("direction")
    duration = index("duration_seconds")
    down = index("down_bytes")
    up = index("up_bytes")
    charge = index("charge")
    dropped = index("dropped")
    roaming = index("roaming")
    international = index("international")
    counterparty = index("counterparty")
    mapsDuration = feed.maps("duration_seconds")
    mapsInternational = feed.maps("international")
    firstDaily = feed.kind == .usageDaily ? index(Dataset.usageMeasures[0]) : nil
  }

  /// Writes the measures of a row; `hour` is the local hour in which it began.
  func fill(_ measures: inout [Int64], from row: RowValues, hour: Int64) {
    if let firstDaily {
      for index in 0..<UsageMeasureBytes.measureCount { measures[index] = row[firstDaily + index] ?? 0 }
      return
    }
    for index in measures.indices { measures[index] = 0 }
    func set(_ measure: Measure, _ value: Int64) { measures[measure.rawValue] = value }
    let isIncoming = row[direction] == 1
    let seconds = row[duration] ?? 0
    switch row[type] {
    case 0:
      // A call that nobody answered is an event, but no call made or received.
      let isAnswered = !mapsDuration || seconds > 0
      set(isIncoming ? .voiceInCount : .voiceOutCount, isAnswered ? 1 : 0)
      set(isIncoming ? .voiceInSeconds : .voiceOutSeconds, seconds)
    case 1: set(isIncoming ? .smsInCount : .smsOutCount, 1)
    default:
      set(.dataCount, 1)
      set(.dataDownBytes, row[down] ?? 0)
      set(.dataUpBytes, row[up] ?? 0)
    }
    set(.chargeE4, row[charge] ?? 0)
    set(.droppedCount, row[dropped] ?? 0)
    set(.roamingCount, row[roaming] ?? 0)
    let isForeign = !mapsInternational && (counterparty.map { row.has($0) && row.localSeconds[$0] == 1 } ?? false)
    set(.internationalCount, row[international] ?? (isForeign ? 1 : 0))
    set(.nightCount, hour >= 22 || hour < 6 ? 1 : 0)
    set(.eventCount, 1)
  }
}

extension UsageMeasures {
  /// Adds the measures of a row that is not wide to sums, of which there are `slotCount`.
  @inline(__always)
  static func add(_ row: UsageRow, to sums: UnsafeMutablePointer<Int64>) {
    add(row.flags, first: Int64(row.first), second: Int64(row.second), chargeE4: Int64(row.chargeE4), to: sums)
  }

  /// Sums of a row or more, and behind them one that takes what does not count.
  static let slotCount = UsageMeasureBytes.measureCount + 1

  /// Adds the measures of an event: what `fill` says of it. `first` and `second` are those of `UsageRow`. `sums` has
  /// `slotCount`.
  ///
  /// Types come in any order, so nothing branches by them: what a type does not have is added to the slot that does not
  /// count.
  @inline(__always)
  private static func add(
    _ flags: UsageRow.Flags, first: Int64, second: Int64, chargeE4: Int64, to sums: UnsafeMutablePointer<Int64>
  ) {
    func bit(_ flag: UsageRow.Flags) -> Int64 { flags.contains(flag) ? 1 : 0 }
    func add(_ measure: Measure, _ value: Int64) { sums[measure.rawValue] &+= value }
    // Type and direction, for which each of these has a byte: calls, messages, sessions (twice) out, and the same in.
    let kind = UInt64(flags.rawValue & (UsageRow.Flags.typeMask | UsageRow.Flags.isIncoming.rawValue)) &* 8
    func place(_ places: UInt64) -> Int { Int(truncatingIfNeeded: places &>> kind & 0xFF) }
    sums[place(0x0606_0502_0606_0400)] &+= flags.rawValue & UsageRow.Flags.typeMask == 0 ? bit(.isAnswered) : 1
    sums[place(0x0707_0F03_0707_0F01)] &+= first
    sums[place(0x0808_0F0F_0808_0F0F)] &+= second
    add(.chargeE4, chargeE4)
    add(.droppedCount, bit(.isDropped))
    add(.nightCount, bit(.isNight))
    add(.roamingCount, bit(.isRoaming))
    add(.internationalCount, bit(.isInternational))
    add(.eventCount, 1)
  }

  /// The measures of an event that does not fit a row, for the wide form.
  static func all(_ flags: UsageRow.Flags, first: Int64, second: Int64, chargeE4: Int64) -> [Int64] {
    var sums = [Int64](repeating: 0, count: slotCount)
    sums.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { add(flags, first: first, second: second, chargeE4: chargeE4, to: base) }
    }
    return Array(sums.dropLast())
  }
}
