/// One usage row on its way to the facts, in 40 bytes.
///
/// Most rows fit: two measures of 32 bits, a charge of 32 bits. Rows that do not (and those of `usage-daily`) are *wide*:
/// their measures stand as a mask and varints in the bytes of their chunk, at offset `first`.
struct UsageRow: Sendable {
  /// Pseudonym of the subscription.
  var subscription: Int64
  /// Keyed hash of the counterparty, or -1.
  var counterparty: Int64
  /// Keyed hash of the cell, or -1.
  var cell: Int64
  /// Seconds of a call, received bytes of a session; of a wide row the offset of its measures.
  var first: UInt32
  /// Sent bytes of a session.
  var second: UInt32
  /// 1/10,000 of the currency unit.
  var chargeE4: Int32
  /// Index among the chunk's dates.
  var date: UInt16
  var flags: Flags

  /// What else a row says.
  struct Flags: OptionSet, Sendable {
    let rawValue: UInt16

    /// The event's type, as `UsageType` counts: bits 0 and 1.
    static let typeMask: UInt16 = 3
    static let isIncoming = Flags(rawValue: 1 << 2)
    /// A call that somebody answered.
    static let isAnswered = Flags(rawValue: 1 << 3)
    static let isDropped = Flags(rawValue: 1 << 4)
    static let isRoaming = Flags(rawValue: 1 << 5)
    static let isInternational = Flags(rawValue: 1 << 6)
    static let isNight = Flags(rawValue: 1 << 7)
    static let isWide = Flags(rawValue: 1 << 8)
    /// Only counterparty and cell count: the measures come with the session that the row is a part of.
    static let isMeeting = Flags(rawValue: 1 << 9)
  }

  /// The shard of a subscription: the first eight of the 63 bits of its pseudonym, so that shards in order hold
  /// subscriptions in order.
  static let shardCount = 256

  static func shard(ofSubscription subscription: Int64) -> Int {
    Int(truncatingIfNeeded: UInt64(bitPattern: subscription) >> 55) & (shardCount - 1)
  }
}

/// When a row happened and when it became known.
struct UsageDate: Sendable, Hashable {
  /// Local civil day.
  var day: Int32
  /// The night that learned it.
  var known: Int32
}
