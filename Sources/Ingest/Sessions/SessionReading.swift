import Randomness

/// Makes the parts of sessions from rows.
struct SessionReading: Sendable {
  private let rule: SessionRule
  private let hash: SipHash
  /// The canonical fields of the amounts.
  private let amounts: [(field: Int, amount: SessionRule.Amounts)]
  private let event, direction: Int

  /// Makes a reading of a feed's rows; nil where they make up no sessions.
  init?(_ feed: Feed, _ fields: RowFields, hash: SipHash) {
    guard let rule = feed.sessions else { return nil }
    self.rule = rule
    self.hash = hash
    amounts = SessionRule.Amounts.fields.compactMap { entry in
      Feed.index(of: entry.name, in: feed.kind).map { ($0, entry.amount) }
    }
    event = fields.event
    direction = Feed.index(of: "direction", in: feed.kind) ?? 0
  }

  /// The part that a row is, as yet without day, known day, owner and measures.
  func part(
    _ row: RowValues, _ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>]
  ) throws(RowFault) -> SessionPart {
    var name: [UInt8] = []
    for source in rule.sources {
      let range = ranges[source]
      guard !range.isEmpty else {
        throw RowFault("missing-value", source: source, expected: "a value", "the row does not name its session")
      }
      // The length in front keeps "ab","c" apart from "a","bc".
      name.append(UInt8(truncatingIfNeeded: range.count))
      name.append(UInt8(truncatingIfNeeded: range.count >> 8))
      name.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[range]))
    }
    return SessionPart(
      session: Int64(bitPattern: hash.hash(name)),
      position: try rule.position(bytes, ranges, event: row.values[event]), day: 0, known: 0, owner: 0, marks: 0,
      seconds: 0, downBytes: 0, upBytes: 0, chargeE4: 0)
  }

  /// Gives a part what its row is worth.
  func complete(_ part: inout SessionPart, _ row: RowValues, _ measures: [Int64]) {
    var present: SessionRule.Amounts = []
    for (field, amount) in amounts where row.has(field) { present.insert(amount) }
    part.marks = SessionMeasures.marks(measures, isIncoming: row[direction] == 1, present: present)
    part.seconds = measures[1] + measures[3]
    (part.downBytes, part.upBytes, part.chargeE4) = (measures[7], measures[8], measures[9])
  }
}
