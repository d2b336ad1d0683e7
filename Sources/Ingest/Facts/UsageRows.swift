import Calendar
package import Columns
import Datasets

/// Daily usage on its way to the facts: rows packed by day, to be sorted and summed once a day is complete.
///
/// A row is the subscription (8 bytes, little-endian), a mask of the measures that are not zero (2 bytes) and those
/// measures as zigzag varints: about 35 bytes where a table's row has 150.
package struct UsageRows: Sendable {
  /// The rows of one event day that became known on one day.
  package struct Bucket: Sendable {
    package var day: Int32
    package var known: Int32
    package var rowCount = 0
    package var bytes: [UInt8] = []
  }

  /// The number of measures of `facts/usage`.
  package static let measureCount = 15
  /// The longest row.
  private static let rowByteLimit = 8 + 2 + measureCount * 10

  package private(set) var buckets: [Bucket] = []
  package init() {}

  private var index: [Int64: Int] = [:]
  private var lastKey = Int64.min
  private var lastBucket = 0

  /// Adds a row; `measures` has `measureCount` values.
  package mutating func append(day: Int32, known: Int32, subscription: Int64, measures: UnsafeBufferPointer<Int64>) {
    let bucket = bucket(day: day, known: known)
    withUnsafeTemporaryAllocation(byteCount: UsageRows.rowByteLimit, alignment: 8) { row in
      row.storeBytes(of: subscription.littleEndian, as: Int64.self)
      var mask: UInt16 = 0
      var end = 10
      for measure in 0..<UsageRows.measureCount where measures[measure] != 0 {
        mask |= 1 << UInt16(measure)
        var rest = UInt64(bitPattern: measures[measure] << 1 ^ measures[measure] >> 63)
        while rest >= 0x80 {
          row[end] = UInt8(truncatingIfNeeded: rest) | 0x80
          rest >>= 7
          end += 1
        }
        row[end] = UInt8(truncatingIfNeeded: rest)
        end += 1
      }
      row.storeBytes(of: mask.littleEndian, toByteOffset: 8, as: UInt16.self)
      buckets[bucket].bytes.append(contentsOf: row[..<end])
      buckets[bucket].rowCount += 1
    }
  }

  private mutating func bucket(day: Int32, known: Int32) -> Int {
    let key = Int64(day) << 32 | Int64(UInt32(bitPattern: known))
    if key == lastKey { return lastBucket }
    lastKey = key
    if let found = index[key] {
      lastBucket = found
    } else {
      lastBucket = buckets.count
      index[key] = lastBucket
      buckets.append(Bucket(day: day, known: known))
    }
    return lastBucket
  }

  /// The facts of one day: rows of the buckets summed by subscription, delivery and known day, in that order.
  package static func table(_ parts: [(delivery: Int64, bucket: Bucket)]) -> Table {
    struct Entry {
      var subscription: Int64
      var delivery: Int64
      var known: Int32
      var part: Int32
      var offset: Int
    }
    var entries: [Entry] = []
    entries.reserveCapacity(parts.reduce(0) { $0 + $1.bucket.rowCount })
    for (part, (delivery, bucket)) in parts.enumerated() {
      bucket.bytes.withUnsafeBytes { bytes in
        var offset = 0
        while offset < bytes.count {
          entries.append(
            Entry(
              subscription: Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self)),
              delivery: delivery, known: bucket.known, part: Int32(part), offset: offset))
          offset = skip(bytes, offset)
        }
      }
    }
    entries.sort {
      if $0.subscription != $1.subscription { return $0.subscription < $1.subscription }
      return $0.delivery != $1.delivery ? $0.delivery < $1.delivery : $0.known < $1.known
    }
    var subscriptions: [Int64] = []
    var deliveries: [Int64] = []
    var knowns: [Int32] = []
    var measures = Array(repeating: [Int64](), count: measureCount)
    for index in measures.indices { measures[index].reserveCapacity(entries.count) }
    for entry in entries {
      let last = subscriptions.count - 1
      if last < 0 || subscriptions[last] != entry.subscription || deliveries[last] != entry.delivery
        || knowns[last] != entry.known
      {
        subscriptions.append(entry.subscription)
        deliveries.append(entry.delivery)
        knowns.append(entry.known)
        for index in measures.indices { measures[index].append(0) }
      }
      let row = subscriptions.count - 1
      parts[Int(entry.part)].bucket.bytes.withUnsafeBytes { add($0, entry.offset, to: &measures, row) }
    }
    let day = parts.first?.bucket.day ?? 0
    return Table(
      Dataset.usage.schema,
      [
        .int64(TypedColumn(subscriptions)), .date(TypedColumn(Array(repeating: day, count: subscriptions.count))),
        .date(TypedColumn(knowns)), .int64(TypedColumn(deliveries)),
      ] + measures.map { .int64(TypedColumn($0)) })
  }

  private static func skip(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int {
    var measure = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt16.self)).nonzeroBitCount
    var position = offset + 10
    while measure > 0 {
      if bytes[position] < 0x80 { measure -= 1 }
      position += 1
    }
    return position
  }

  private static func add(_ bytes: UnsafeRawBufferPointer, _ offset: Int, to measures: inout [[Int64]], _ row: Int) {
    var mask = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt16.self))
    var position = offset + 10
    while mask != 0 {
      let measure = mask.trailingZeroBitCount
      mask &= mask - 1
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while bytes[position] >= 0x80 {
        value |= UInt64(bytes[position] & 0x7F) << shift
        shift += 7
        position += 1
      }
      value |= UInt64(bytes[position]) << shift
      position += 1
      measures[measure][row] &+= Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
  }
}
