/// A time zone: which offset from UTC holds when.
///
/// The offsets come from a TZif file of the system's zone database (`Zone+Reading.swift`); times beyond the file's
/// table follow its POSIX rule. All times are whole seconds since 1970-01-01T00:00:00, of UTC or of the local clock.
///
/// **Gaps and overlaps.** A local time that the clock skipped is read with the offset from before the skip (02:30 of a
/// spring night means 03:30 of summer time). A local time that the clock showed twice means the first of the two.
public struct Zone: Sendable, Hashable {
  /// The name, as `Europe/Berlin`.
  public let name: String
  /// Segment i holds from `starts[i]` (UTC) up to `starts[i + 1]`; `starts[0]` is the beginning of time.
  let starts: [Int64]
  /// The local clock's seconds from which segment i is meant, by the rule for gaps and overlaps.
  let localStarts: [Int64]
  /// The offset of each segment, in seconds east of UTC.
  let offsets: [Int32]
  /// From here on (UTC) times are looked up 400 years, or a multiple, earlier: the civil calendar repeats by then.
  let cycleEnd: Int64

  /// Seconds of 400 Gregorian years.
  static let cycleSeconds: Int64 = 146_097 * 86_400

  /// Coordinated Universal Time.
  public static let utc = Zone(name: "UTC", starts: [.min], offsets: [0], cycleEnd: .max)

  /// A clock with one offset for ever, in seconds east of UTC.
  public static func fixed(offsetSeconds: Int) -> Zone {
    precondition(abs(offsetSeconds) < 86_400, "an offset is less than a day")
    return Zone(name: "UTC offset \(offsetSeconds) s", starts: [.min], offsets: [Int32(offsetSeconds)], cycleEnd: .max)
  }

  init(name: String, starts: [Int64], offsets: [Int32], cycleEnd: Int64) {
    self.name = name
    self.starts = starts
    self.offsets = offsets
    self.cycleEnd = cycleEnd
    var localStarts: [Int64] = [.min]
    for index in starts.indices.dropFirst() {
      let local = starts[index] + Int64(max(offsets[index - 1], offsets[index]))
      localStarts.append(max(local, localStarts[index - 1]))
    }
    self.localStarts = localStarts
  }

  /// The offset in force at `utcSeconds`, in seconds east of UTC. O(log transitions).
  public func offsetSeconds(atUTC utcSeconds: Int64) -> Int32 {
    offsets[segment(of: wrapped(utcSeconds), in: starts)]
  }

  /// The instant that the local clock's `localSeconds` means, by the rule for gaps and overlaps. O(log transitions).
  public func utcSeconds(ofLocal localSeconds: Int64) -> Int64 {
    localSeconds - Int64(offsets[segment(of: wrapped(localSeconds), in: localStarts)])
  }

  /// The civil day of `utcSeconds` on the local clock.
  public func day(ofUTC utcSeconds: Int64) -> Day {
    Day(ofSeconds: utcSeconds + Int64(offsetSeconds(atUTC: utcSeconds)))
  }

  /// The first instant of a civil day, in seconds of UTC.
  public func startOfDay(_ day: Day) -> Int64 { utcSeconds(ofLocal: Int64(day.rawValue) * 86_400) }

  func wrapped(_ seconds: Int64) -> Int64 {
    guard seconds >= cycleEnd else { return seconds }
    return seconds - ((seconds - cycleEnd) / Zone.cycleSeconds + 1) * Zone.cycleSeconds
  }

  /// The last segment that starts at or before `seconds`.
  func segment(of seconds: Int64, in starts: [Int64]) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= seconds { low = middle } else { high = middle }
    }
    return low
  }
}

extension Day {
  /// The day that holds second `seconds`, counted from 1970-01-01T00:00:00 of the same clock.
  public init(ofSeconds seconds: Int64) {
    self.init(rawValue: Int32(truncatingIfNeeded: seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400))
  }
}
