import CSV
import Configuration
import Delivery

/// What a file of a feed may hold and cost before it is refused, or a record before it is a reject (Feeds.md, "Limits").
struct FeedLimits: Sendable, Hashable {
  /// The longest field, where the feed says so.
  private var fieldByteCount: Int?
  /// The longest record, where the feed says so.
  private var recordByteCount: Int?
  /// Of whole files and their members.
  var delivery = DeliveryLimits()

  /// Reads `limits` of a feed file; what is absent keeps its default.
  init(_ reader: NodeReader) {
    reader.mapping("limits", isOptional: true) { child in
      if let bytes = child.byteCount("field", in: 1...FeedLimits.longestRecord) {
        fieldByteCount = Int(bytes)
      }
      if let bytes = child.byteCount("record", in: 1...FeedLimits.longestRecord) {
        recordByteCount = Int(bytes)
      }
      if let count = child.optionalInt("members", in: 1...100_000_000) { delivery.maximumMemberCount = count }
      if let bytes = child.byteCount("member-size", in: 1...Int64.max) { delivery.maximumMemberByteCount = bytes }
      if let bytes = child.byteCount("unpacked-size", in: 1...Int64.max) { delivery.maximumTotalByteCount = bytes }
      if let ratio = child.optionalInt("expansion", in: 1...1_000_000) { delivery.maximumExpansionRatio = Int64(ratio) }
      if let bytes = child.byteCount("free-size", in: 0...Int64.max) { delivery.freeByteCount = bytes }
      if let depth = child.optionalInt("nesting", in: 0...1) { delivery.maximumNestingDepth = depth }
      if let count = child.milliseconds("time", in: 1...FeedLimits.longestTime) {
        delivery.maximumDuration = .milliseconds(count)
      }
    }
  }

  /// The limits of fields and records; `usual` are those of the feed's format.
  func records(usual: RecordLimits = RecordLimits()) -> RecordLimits {
    RecordLimits(
      maximumFieldByteCount: fieldByteCount ?? usual.maximumFieldByteCount,
      maximumRecordByteCount: recordByteCount ?? usual.maximumRecordByteCount)
  }

  /// Whether the feed says how long records or fields may be.
  var limitsRecords: Bool { fieldByteCount != nil || recordByteCount != nil }

  /// A record stands in memory whole, and an unbalanced quote reaches so far.
  private static let longestRecord: Int64 = 1 << 30
  /// A week, in milliseconds.
  private static let longestTime: Int64 = 604_800_000
}

// Quantities with a unit: `64 KiB`, `15 min`.
extension NodeReader {
  /// The bytes of `key`, or nil where it is absent or faulty.
  fileprivate func byteCount(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
    quantity(
      key, in: range, base: "B",
      ["B": 1, "kB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30])
  }

  /// The milliseconds of `key`, or nil where it is absent or faulty.
  fileprivate func milliseconds(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
    quantity(key, in: range, base: "ms", ["ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000])
  }

  private func quantity(
    _ key: String, in range: ClosedRange<Int64>, base: String, _ units: [String: Int64]
  ) -> Int64? {
    guard let text = optionalString(key) else { return nil }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }
    guard let count = Int64(digits), let factor = units[String(unit)] else {
      let names = units.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key).joined(separator: ", ")
      report(key, "'\(key)' must be a whole number with a unit: \(names)")
      return nil
    }
    let (value, isOver) = count.multipliedReportingOverflow(by: factor)
    guard !isOver, range.contains(value) else {
      let most = range.upperBound == .max ? "" : " and at most \(range.upperBound)"
      report(key, "'\(key)' must be at least \(range.lowerBound)\(most) \(base)")
      return nil
    }
    return value
  }
}
