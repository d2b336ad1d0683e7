/// The values of one feature, kept in the narrowest of five types that holds all of them exactly.
///
/// Most fields of a twin are counts, days or flags. The rows of ten as-of dates as Doubles would be three to four times as
/// large; every value is a Double again where it is read.
public struct FeatureColumn: Sendable {
  private enum Storage: Sendable {
    case int8([Int8])
    case int16([Int16])
    case int32([Int32])
    case float([Float])
    case double([Double])
  }

  private let storage: Storage

  /// Keeps values as they are.
  public init(_ values: [Double]) { storage = .double(values) }

  private init(_ storage: Storage) { self.storage = storage }

  /// Keeps values in the narrowest type that loses none of them; infinite ones ask for a type that has them. O(rows).
  public init(narrowing values: [Double]) {
    var width = Width()
    for value in values { width.include(value) }
    self.init(width) { Numbers(values: values) }
  }

  /// The number of rows.
  public var count: Int {
    switch storage {
    case .int8(let values): values.count
    case .int16(let values): values.count
    case .int32(let values): values.count
    case .float(let values): values.count
    case .double(let values): values.count
    }
  }

  /// Every value; a copy unless the column keeps Doubles.
  public var values: [Double] {
    switch storage {
    case .int8(let values): values.map(\.widened)
    case .int16(let values): values.map(\.widened)
    case .int32(let values): values.map(\.widened)
    case .float(let values): values.map(\.widened)
    case .double(let values): values
    }
  }

  /// Calls `body` with the values of `rows`, counted from its first.
  package func withValues(_ rows: Range<Int>, _ body: (UnsafeBufferPointer<Double>) -> Void) {
    switch storage {
    case .int8(let values): FeatureColumn.widen(values, rows, body)
    case .int16(let values): FeatureColumn.widen(values, rows, body)
    case .int32(let values): FeatureColumn.widen(values, rows, body)
    case .float(let values): FeatureColumn.widen(values, rows, body)
    case .double(let values): values.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[rows])) }
    }
  }

  private static func widen<Number: NarrowNumber>(
    _ values: [Number], _ rows: Range<Int>, _ body: (UnsafeBufferPointer<Double>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: rows.count) { wide in
      values.withUnsafeBufferPointer { narrow in
        for row in 0..<rows.count { wide.initializeElement(at: row, to: narrow[rows.lowerBound + row].widened) }
      }
      body(UnsafeBufferPointer(wide))
    }
  }

  /// The rows of `range`.
  package func rows(_ range: Range<Int>) -> FeatureColumn {
    switch storage {
    case .int8(let values): FeatureColumn(.int8(Array(values[range])))
    case .int16(let values): FeatureColumn(.int16(Array(values[range])))
    case .int32(let values): FeatureColumn(.int32(Array(values[range])))
    case .float(let values): FeatureColumn(.float(Array(values[range])))
    case .double(let values): FeatureColumn(.double(Array(values[range])))
    }
  }

  /// The rows at `indices`, in their order.
  package func rows(at indices: [Int]) -> FeatureColumn {
    switch storage {
    case .int8(let values): FeatureColumn(.int8(indices.map { values[$0] }))
    case .int16(let values): FeatureColumn(.int16(indices.map { values[$0] }))
    case .int32(let values): FeatureColumn(.int32(indices.map { values[$0] }))
    case .float(let values): FeatureColumn(.float(indices.map { values[$0] }))
    case .double(let values): FeatureColumn(.double(indices.map { values[$0] }))
    }
  }

  /// The columns one behind the other, as wide as the widest of them asks for.
  package static func concatenating(_ columns: [FeatureColumn]) -> FeatureColumn {
    guard columns.count != 1 else { return columns[0] }
    return FeatureColumn(columns.reduce(Width()) { $0.joined($1.width) }) { Numbers(columns: columns) }
  }

  /// The codes of a categorical column, each replaced by `codes[code]`; the missing ones stay missing.
  package func recoded(_ codes: [Int]) -> FeatureColumn {
    FeatureColumn(narrowing: values.map { $0.isFinite ? Double(codes[Int($0)]) : .nan })
  }
}

extension FeatureTable {
  /// Calls `body` with the values of a feature in `rows`, counted from the first of these.
  func withValues(of feature: Int, _ rows: Range<Int>, _ body: (UnsafeBufferPointer<Double>) -> Void) {
    kept[feature].withValues(rows, body)
  }
}

// Choosing a type.
extension FeatureColumn {
  /// What values ask for.
  private struct Width {
    var isWhole = true
    var isFloat = true
    var greatest = 0.0

    mutating func include(_ value: Double) {
      guard !value.isNaN else { return }
      if isWhole { isWhole = value.isFinite && value.rounded(.towardZero) == value }
      if isFloat { isFloat = Double(Float(value)) == value }
      greatest = max(greatest, value.magnitude)
    }

    func joined(_ other: Width) -> Width {
      Width(
        isWhole: isWhole && other.isWhole, isFloat: isFloat && other.isFloat, greatest: max(greatest, other.greatest))
    }
  }

  /// What the type of this column may hold, as a bound.
  private var width: Width {
    switch storage {
    case .int8: Width(greatest: Double(Int8.max))
    case .int16: Width(greatest: Double(Int16.max))
    case .int32: Width(isFloat: false, greatest: Double(Int32.max))
    case .float: Width(isWhole: false, greatest: Double(Float.greatestFiniteMagnitude))
    case .double: Width(isWhole: false, isFloat: false, greatest: .greatestFiniteMagnitude)
    }
  }

  /// Values that are read one after the other.
  private struct Numbers {
    var values: [Double] = []
    var columns: [FeatureColumn] = []

    func narrowed<Number: NarrowNumber>() -> [Number] {
      guard !columns.isEmpty else { return values.map(Number.init(narrowing:)) }
      var all: [Number] = []
      all.reserveCapacity(columns.reduce(0) { $0 + $1.count })
      for column in columns { column.append(to: &all) }
      return all
    }
  }

  private init(_ width: Width, _ numbers: () -> Numbers) {
    let numbers = numbers()
    storage =
      switch (width.isWhole, width.isFloat) {
      case (true, _) where width.greatest <= Double(Int8.max): .int8(numbers.narrowed())
      case (true, _) where width.greatest <= Double(Int16.max): .int16(numbers.narrowed())
      case (true, _) where width.greatest <= Double(Int32.max): .int32(numbers.narrowed())
      case (_, true): .float(numbers.narrowed())
      default: .double(numbers.narrowed())
      }
  }

  private func append<Number: NarrowNumber>(to all: inout [Number]) {
    switch storage {
    case .int8(let values): for value in values { all.append(Number(narrowing: value.widened)) }
    case .int16(let values): for value in values { all.append(Number(narrowing: value.widened)) }
    case .int32(let values): for value in values { all.append(Number(narrowing: value.widened)) }
    case .float(let values): for value in values { all.append(Number(narrowing: value.widened)) }
    case .double(let values): for value in values { all.append(Number(narrowing: value)) }
    }
  }
}

/// A number as a column keeps it: a missing one is NaN, or the least integer.
private protocol NarrowNumber: Sendable {
  init(narrowing value: Double)
  var widened: Double { get }
}

extension Int8: NarrowNumber {
  fileprivate init(narrowing value: Double) { self = value.isNaN ? .min : Int8(value) }
  fileprivate var widened: Double { self == .min ? .nan : Double(self) }
}

extension Int16: NarrowNumber {
  fileprivate init(narrowing value: Double) { self = value.isNaN ? .min : Int16(value) }
  fileprivate var widened: Double { self == .min ? .nan : Double(self) }
}

extension Int32: NarrowNumber {
  fileprivate init(narrowing value: Double) { self = value.isNaN ? .min : Int32(value) }
  fileprivate var widened: Double { self == .min ? .nan : Double(self) }
}

extension Float: NarrowNumber {
  fileprivate init(narrowing value: Double) { self = Float(value) }
  fileprivate var widened: Double { Double(self) }
}

extension Double: NarrowNumber {
  fileprivate init(narrowing value: Double) { self = value }
  fileprivate var widened: Double { self }
}

/// The columns of a table as Doubles, each made where it is asked for.
public struct FeatureColumns: RandomAccessCollection, Sendable {
  let kept: [FeatureColumn]

  /// The first column.
  public var startIndex: Int { 0 }
  /// The number of columns.
  public var endIndex: Int { kept.count }
  /// The values of a column: O(rows) unless it keeps Doubles.
  public subscript(index: Int) -> [Double] { kept[index].values }
}
