import Columns
import Synchronization

/// One rolled-up field while slices of subscriptions are added to it.
///
/// Adding is commutative: sums wrap, counts are whole, least and greatest have no order. So slices may come in any order, on
/// any thread, and each field has a lock of its own that is held for one slice.
final class RollupColumn: Sendable {
  /// What has come together of every row; arrays that the function does not need are empty.
  private struct Totals: Sendable {
    /// Sum, least or greatest.
    var values: [Int64] = []
    /// Subscriptions that count: that have the measure, or meet the conditions.
    var counts: [Int32] = []
    /// Subscriptions that do not meet the conditions.
    var failures: [Int32] = []
    /// Whether one does not say what is asked, which spoils, or was skipped; empty while there is no such row.
    var isLacking: [Bool] = []

    mutating func lack(_ row: Int, of rowCount: Int) {
      if isLacking.isEmpty { isLacking = [Bool](repeating: false, count: rowCount) }
      isLacking[row] = true
    }

    func lacks(_ row: Int) -> Bool { !isLacking.isEmpty && isLacking[row] }
  }

  private enum Truth { case no, yes, unknown }

  private let aggregate: RollupAggregate
  private let rowCount: Int
  private let totals: Mutex<Totals>

  init(_ aggregate: RollupAggregate, rowCount: Int) {
    self.aggregate = aggregate
    self.rowCount = rowCount
    let function = aggregate.function
    let start: Int64 = function == .min ? .max : function == .max ? .min : 0
    totals = Mutex(
      Totals(
        values: function.needsMeasure ? [Int64](repeating: start, count: rowCount) : [],
        counts: function == .sum && aggregate.missing != .skipped ? [] : [Int32](repeating: 0, count: rowCount),
        failures: function == .all || function == .share ? [Int32](repeating: 0, count: rowCount) : []))
  }

  /// Adds the subscriptions of a slice that roll up to some row.
  func add(_ slice: Table, at places: RollupPlaces) throws(ColumnsError) {
    let truths = try judged(slice)
    let measures = try aggregate.measure.map { name throws(ColumnsError) in try integers(name, slice) }
    let function = aggregate.function
    totals.withLock { totals in
      if function == .sum, truths == nil, let measures, measures.validity == nil, totals.counts.isEmpty {
        for place in places.rows.indices {
          totals.values[Int(places.rows[place])] &+= measures.values[Int(places.numbers[place])]
        }
        return
      }
      for place in places.rows.indices {
        let (row, number) = (Int(places.rows[place]), Int(places.numbers[place]))
        let truth = truths.map { $0[number] } ?? .yes
        if truth == .unknown { totals.lack(row, of: rowCount) }
        if truth == .no, !totals.failures.isEmpty { totals.failures[row] += 1 }
        guard truth == .yes else { continue }
        guard let measures else {
          totals.counts[row] += 1
          continue
        }
        guard measures.validity.map({ $0[number] }) ?? true else {
          if function != .count { totals.lack(row, of: rowCount) }
          continue
        }
        switch function {
        case .min: totals.values[row] = min(totals.values[row], measures.values[number])
        case .max: totals.values[row] = max(totals.values[row], measures.values[number])
        case .sum, .mean: totals.values[row] &+= measures.values[number]
        case .count, .any, .all, .share: break
        }
        if !totals.counts.isEmpty { totals.counts[row] += 1 }
      }
    }
  }

  private func judged(_ slice: Table) throws(ColumnsError) -> [Truth]? {
    var truths: [Truth]?
    let unknown: Truth = aggregate.missing == .unmet ? .no : .unknown
    for condition in aggregate.conditions {
      let more = try judged(condition, slice, unknown)
      truths =
        truths.map { truths in
          zip(truths, more).map { $0 == .no || $1 == .no ? .no : $0 == .unknown || $1 == .unknown ? .unknown : .yes }
        } ?? more
    }
    return truths
  }

  private func judged(
    _ condition: RollupCondition, _ slice: Table, _ unknown: Truth
  ) throws(ColumnsError) -> [Truth] {
    func judge<Value>(_ column: TypedColumn<Value>, _ isMet: (Value) -> Bool) -> [Truth] {
      (0..<column.rowCount).map { row in column[row].map { isMet($0) ? .yes : .no } ?? unknown }
    }
    switch condition.test {
    case .texts(let texts): return judge(try slice.string(condition.column)) { texts.contains($0) }
    case .flag(let flag): return judge(try slice.bool(condition.column)) { $0 == flag }
    case .bounds(let bounds): return judge(try integers(condition.column, slice)) { bounds.contains($0) }
    }
  }

  /// A column of integers; of other types, only which rows have a value.
  private func integers(_ name: String, _ slice: Table) throws(ColumnsError) -> TypedColumn<Int64> {
    guard let place = slice.schema.index(of: name) else { return try slice.int64(name) }
    switch slice.columns[place] {
    case .int32(let column), .date(let column):
      return TypedColumn(column.values.map { Int64($0) }, validity: column.validity)
    case .int64(let column), .timestamp(let column): return column
    case .double(let column): return marks(column)
    case .bool(let column): return marks(column)
    case .string(let column): return marks(column)
    }
  }

  private func marks<Value>(_ column: TypedColumn<Value>) -> TypedColumn<Int64> {
    TypedColumn([Int64](repeating: 0, count: column.rowCount), validity: column.validity)
  }

  /// The column of some rows, once every slice is added; `isRolled` says which rows are of subscriptions at all.
  func column(_ rows: Range<Int>, isRolled: (Int) -> Bool) -> Column {
    totals.withLock { totals in
      func fold<Value>(_ zero: Value, _ value: (Int) -> Value?) -> TypedColumn<Value> {
        var column = TypedColumn<Value>()
        column.values.reserveCapacity(rows.count)
        for row in rows { column.append(isRolled(row) ? value(row) : nil, placeholder: zero) }
        return column
      }
      let isSkipping = aggregate.missing == .skipped
      func unlessSpoiled<Value>(_ row: Int, _ value: Value) -> Value? {
        !isSkipping && totals.lacks(row) ? nil : value
      }
      func measured(_ row: Int) -> Int64? {
        totals.counts[row] == 0 ? nil : unlessSpoiled(row, totals.values[row])
      }
      let per = Double(aggregate.per)
      switch aggregate.function {
      case .count: return .int32(fold(0) { unlessSpoiled($0, totals.counts[$0]) })
      case .sum:
        guard isSkipping else { return .int64(fold(0) { unlessSpoiled($0, totals.values[$0]) }) }
        return .int64(fold(0) { totals.lacks($0) && totals.counts[$0] == 0 ? nil : totals.values[$0] })
      case .min, .max:
        guard aggregate.type == .int32 else { return .int64(fold(0, measured)) }
        return .int32(fold(0) { measured($0).map { Int32(clamping: $0) } })
      case .mean:
        return .double(fold(0) { row in measured(row).map { per * Double($0) / Double(totals.counts[row]) } })
      case .any: return .bool(fold(false) { totals.counts[$0] > 0 ? true : unlessSpoiled($0, false) })
      case .all: return .bool(fold(false) { totals.failures[$0] > 0 ? false : unlessSpoiled($0, true) })
      case .share:
        return .double(
          fold(0) { row in
            let (met, all) = (totals.counts[row], totals.counts[row] + totals.failures[row])
            return all == 0 ? nil : unlessSpoiled(row, per * Double(met) / Double(all))
          })
      }
    }
  }
}
