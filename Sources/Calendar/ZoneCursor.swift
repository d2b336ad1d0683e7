/// Looks many times up in one zone, fast where neighbours lie near each other.
///
/// Remembers the segment of the last answer; a time within it costs two comparisons. One cursor a thread.
public struct ZoneCursor: Sendable {
  /// The zone.
  public let zone: Zone
  private var utcStart: Int64 = 1
  private var utcEnd: Int64 = 0
  private var utcOffset: Int64 = 0
  private var localStart: Int64 = 1
  private var localEnd: Int64 = 0
  private var localOffset: Int64 = 0

  /// Makes a cursor.
  public init(_ zone: Zone) { self.zone = zone }

  /// The local clock's seconds at `utcSeconds`.
  public mutating func localSeconds(ofUTC utcSeconds: Int64) -> Int64 {
    if utcSeconds < utcStart || utcSeconds >= utcEnd {
      (utcStart, utcEnd, utcOffset) = bounds(of: utcSeconds, in: zone.starts)
    }
    return utcSeconds + utcOffset
  }

  /// The instant that the local clock's `localSeconds` means, by the zone's rule for gaps and overlaps.
  public mutating func utcSeconds(ofLocal localSeconds: Int64) -> Int64 {
    if localSeconds < localStart || localSeconds >= localEnd {
      (localStart, localEnd, localOffset) = bounds(of: localSeconds, in: zone.localStarts)
    }
    return localSeconds - localOffset
  }

  /// Both clocks of a parsed time. A skipped local time comes out as the one that the clock showed instead.
  public mutating func resolve(_ instant: ParsedInstant) -> (utcSeconds: Int64, localSeconds: Int64) {
    let utc = instant.isUTC ? instant.seconds : utcSeconds(ofLocal: instant.seconds)
    return (utc, localSeconds(ofUTC: utc))
  }

  private func bounds(of seconds: Int64, in starts: [Int64]) -> (start: Int64, end: Int64, offset: Int64) {
    let wrapped = zone.wrapped(seconds)
    let index = zone.segment(of: wrapped, in: starts)
    let offset = Int64(zone.offsets[index])
    // Beyond the cycle only the very second is remembered.
    guard wrapped == seconds else { return (seconds, seconds + 1, offset) }
    let end = index + 1 < starts.count ? starts[index + 1] : .max
    return (starts[index], min(end, zone.cycleEnd), offset)
  }
}
