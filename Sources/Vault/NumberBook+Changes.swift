/// A time in which a number has another owner than before.
public struct OwnerChange: Sendable, Hashable {
  /// E.164 digits as an integer.
  public var number: UInt64
  /// First instant, in seconds of UTC; `Int64.min` where the change has no beginning.
  public var from: Int64
  /// First instant beyond; `Int64.max` where it has no end.
  public var until: Int64
  /// Who owned it before, or nil.
  public var old: Int64?
  /// Who owns it now, or nil.
  public var new: Int64?
}

extension NumberBook {
  /// Where this book differs from an earlier one, for the numbers given; by number and time.
  ///
  /// Between two neighbouring begins or ends of either book the owners do not change, so one look at each is enough.
  public func changes(since earlier: NumberBook, of numbers: Set<UInt64>) -> [OwnerChange] {
    let now = Dictionary(grouping: assignments.filter { numbers.contains($0.number) }, by: \.number)
    let before = Dictionary(grouping: earlier.assignments.filter { numbers.contains($0.number) }, by: \.number)
    return numbers.sorted().flatMap { number -> [OwnerChange] in
      let both = (now[number] ?? []) + (before[number] ?? [])
      let instants = Set(both.flatMap { [$0.validFrom, $0.validTo ?? .max] }).sorted()
      return zip(instants, instants.dropFirst()).compactMap { from, until in
        let old = earlier.subscription(ofNumber: number, at: from)
        let new = subscription(ofNumber: number, at: from)
        return old == new ? nil : OwnerChange(number: number, from: from, until: until, old: old, new: new)
      }
    }
  }
}
