import Vault

/// Which party of a call is the operator's own, where a record names a caller and a called number (`served` in Feeds.md).
struct ServedRule: Sendable, Hashable {
  /// How the served party is told.
  enum Evidence: Sendable, Hashable {
    /// The record's `direction`: the caller of an outgoing call, the called party of an incoming one.
    case direction
    /// A number that somebody owned at the time, by the number book.
    case numbers
    /// A number of the feed's own country.
    case country
    /// A number within one of these ranges, complete numbers.
    case ranges([ClosedRange<UInt64>])
  }

  /// A side of the call.
  enum Side: Int64, Sendable, Hashable {
    /// The caller is served: direction out.
    case caller = 0
    /// The called party is served: direction in.
    case called = 1
  }

  var evidence: Evidence
  /// The side that counts where both are the operator's own.
  var both: Side
  // Indices of canonical fields.
  let caller, called, number, counterparty, direction: Int

  /// Puts number, counterparty and direction of the served party into the row; throws where neither party is.
  func apply(
    to row: inout RowValues, phoneNumbers: PhoneNumberRule, book: NumberBook, at instant: Int64,
    sources: (caller: Int?, called: Int?)
  ) throws(RowFault) {
    let callerNumber = row[caller] ?? 0
    let calledNumber = row[called] ?? 0
    func isOwn(_ number: Int64) -> Bool {
      guard number > 0 else { return false }
      switch evidence {
      case .direction: return false
      case .numbers: return book.subscription(ofNumber: UInt64(number), at: instant) != nil
      case .country: return phoneNumbers.isForeign(UInt64(number)) == false
      case .ranges(let ranges): return ranges.contains { $0.contains(UInt64(number)) }
      }
    }
    let side: Side?
    if case .direction = evidence {
      // A direction that is missing is out, as it is everywhere.
      side = Side(rawValue: row[direction] ?? 0)
    } else {
      switch (isOwn(callerNumber), isOwn(calledNumber)) {
      case (true, true): side = both
      case (true, false): side = .caller
      case (false, true): side = .called
      case (false, false): side = nil
      }
    }
    guard let side else {
      throw RowFault(
        "not-served", source: sources.caller, expected: "a caller or a called number that is the operator's own",
        "neither the caller nor the called number is the operator's own")
    }
    let served = side == .caller ? caller : called
    let other = side == .caller ? called : caller
    guard row.values[served] > 0, row.has(served) else {
      throw RowFault(
        "bad-number", source: side == .caller ? sources.caller : sources.called,
        expected: "a phone number by the feed's rule",
        "the served party is no phone number by the feed's rule")
    }
    row.set(number, row.values[served])
    row.set(direction, side.rawValue)
    guard row.has(other) else { return }
    row.set(counterparty, row.localSeconds[other])
    let otherNumber = row.values[other]
    row.localSeconds[counterparty] =
      otherNumber > 0 && phoneNumbers.isForeign(UInt64(otherNumber)) == true ? 1 : 0
  }

  /// The range of the numbers of any length that begin with `prefix`: one range a length.
  static func ranges(ofPrefix prefix: UInt64) -> [ClosedRange<UInt64>] {
    var ranges: [ClosedRange<UInt64>] = []
    var scale: UInt64 = 1
    for length in String(prefix).utf8.count...PhoneNumberRule.digitCounts.upperBound {
      if PhoneNumberRule.digitCounts.contains(length) { ranges.append(prefix * scale...prefix * scale + (scale - 1)) }
      scale *= 10
    }
    return ranges
  }
}
