package import Columns

/// What one pass over a field's column finds: its profile, its extremes and its contract's breaches. Tallies of parts add up to
/// that of the whole, in any order.
package struct FieldTally: Sendable {
  package private(set) var profile: FieldProfile
  package private(set) var rowCount: Int64 = 0
  package private(set) var missingCount: Int64 = 0
  /// The least and the greatest number; nil where there is none.
  package private(set) var extremes: ClosedRange<Double>?
  /// Rows below and above the contract's bounds.
  package private(set) var belowCount: Int64 = 0
  package private(set) var aboveCount: Int64 = 0
  /// The values of a field that must be unique.
  private var values: [Int64] = []

  /// Counts a column.
  package init(_ column: Column, _ field: TwinField) {
    switch column {
    case .int32(let column): self.init(integers: column, field)
    case .int64(let column), .timestamp(let column): self.init(integers: column, field)
    case .date(let column): self.init(integers: column, field)
    case .double(let column): self.init(doubles: column, field)
    case .bool(let column): self.init(flags: column)
    case .string(let column): self.init(texts: column)
    }
    rowCount = Int64(column.rowCount)
    if field.drift == .none { profile = FieldProfile(profile.kind) }
    profile.missingCount = missingCount
  }

  /// Adds the tally of other rows of the same field.
  package mutating func add(_ other: FieldTally) {
    profile.add(other.profile)
    rowCount += other.rowCount
    missingCount += other.missingCount
    belowCount += other.belowCount
    aboveCount += other.aboveCount
    values += other.values
    if let added = other.extremes {
      extremes = extremes.map { min($0.lowerBound, added.lowerBound)...max($0.upperBound, added.upperBound) } ?? added
    }
  }

  /// Rows whose value another row has, too; of equal ones the first does not count.
  package func repeatedCount() -> Int64 {
    let sorted = zip(values, values.dropFirst()).allSatisfy { $0 <= $1 } ? values : values.sorted()
    return Int64(zip(sorted, sorted.dropFirst()).count { $0 == $1 })
  }

  // MARK: One typed loop a kind of column

  private init<Value: FixedWidthInteger & SignedInteger & Hashable & Sendable>(
    integers column: TypedColumn<Value>, _ field: TwinField
  ) {
    profile = FieldProfile(.integer)
    let values = column.values
    var counts = [Int64](repeating: 0, count: 2 * NumberBins.sideCount)
    var (least, greatest) = (Value.max, Value.min)
    if field.drift == .none {
      for row in values.indices where column.isValid(row) {
        (least, greatest) = (min(least, values[row]), max(greatest, values[row]))
      }
      missingCount = Int64(column.validity?.count { !$0 } ?? 0)
    } else if let validity = column.validity {
      var missing: Int64 = 0
      for row in values.indices {
        guard validity[row] else {
          missing &+= 1
          continue
        }
        let value = values[row]
        (least, greatest) = (min(least, value), max(greatest, value))
        counts[NumberBins.sideCount &+ NumberBins.bin(Int64(value))] &+= 1
      }
      missingCount = missing
    } else {
      for value in values {
        (least, greatest) = (min(least, value), max(greatest, value))
        counts[NumberBins.sideCount &+ NumberBins.bin(Int64(value))] &+= 1
      }
    }
    if least <= greatest { extremes = Double(least)...Double(greatest) }
    profile.bins = FieldTally.filled(counts)
    if let contract = field.contract, least <= greatest {
      // Bounds of integers are whole, and exact as integers.
      let bounds = (
        contract.least.map { Value(clamping: Int64($0)) }, contract.greatest.map { Value(clamping: Int64($0)) }
      )
      if let bound = bounds.0, least < bound { belowCount = FieldTally.count(column) { $0 < bound } }
      if let bound = bounds.1, greatest > bound { aboveCount = FieldTally.count(column) { $0 > bound } }
      if contract.isUnique { self.values = values.indices.compactMap { column[$0].map(Int64.init) } }
    }
  }

  private init(doubles column: TypedColumn<Double>, _ field: TwinField) {
    profile = FieldProfile(.real)
    let values = column.values
    let validity = column.validity
    var counts = [Int64](repeating: 0, count: 2 * NumberBins.sideCount)
    var (least, greatest) = (Double.infinity, -Double.infinity)
    var missing: Int64 = 0
    for row in values.indices {
      guard validity?[row] ?? true else {
        missing &+= 1
        continue
      }
      let value = values[row]
      if value < least { least = value }
      if value > greatest { greatest = value }
      counts[NumberBins.sideCount &+ NumberBins.bin(value)] &+= 1
    }
    missingCount = missing
    if least <= greatest { extremes = least...greatest }
    profile.bins = FieldTally.filled(counts)
    if let bound = field.contract?.least { belowCount = FieldTally.count(column) { !($0 >= bound) } }
    if let bound = field.contract?.greatest { aboveCount = FieldTally.count(column) { $0 > bound } }
  }

  private init(flags column: TypedColumn<Bool>) {
    profile = FieldProfile(.text)
    missingCount = Int64(column.validity?.count { !$0 } ?? 0)
    let trueCount = FieldTally.count(column) { $0 }
    let falseCount = Int64(column.rowCount) - missingCount - trueCount
    for (text, count) in [("false", falseCount), ("true", trueCount)] where count > 0 { profile.texts[text] = count }
  }

  /// Texts that are met often are found in a short list, the most frequent of them first; the others in a dictionary.
  private init(texts column: TypedColumn<String>) {
    profile = FieldProfile(.text)
    let listLimit = 32
    var list: [String] = []
    var counts: [Int64] = []
    var missing: Int64 = 0
    rows: for row in 0..<column.rowCount {
      guard column.isValid(row) else {
        missing &+= 1
        continue
      }
      let text = column.values[row]
      for place in list.indices where list[place] == text {
        counts[place] &+= 1
        if place > 0, counts[place] > counts[place - 1] {
          list.swapAt(place, place - 1)
          counts.swapAt(place, place - 1)
        }
        continue rows
      }
      if list.count < listLimit {
        list.append(text)
        counts.append(1)
      } else {
        profile.texts[text, default: 0] += 1
      }
    }
    missingCount = missing
    profile.texts.merge(zip(list, counts)) { $0 + $1 }
  }

  private static func count<Value>(_ column: TypedColumn<Value>, _ isCounted: (Value) -> Bool) -> Int64 {
    var count: Int64 = 0
    for row in column.values.indices where column.isValid(row) && isCounted(column.values[row]) { count &+= 1 }
    return count
  }

  private static func filled(_ counts: [Int64]) -> [Int: Int64] {
    var bins: [Int: Int64] = [:]
    for (place, count) in counts.enumerated() where count > 0 { bins[place - NumberBins.sideCount] = count }
    return bins
  }
}
