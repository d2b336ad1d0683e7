/// The families of records, apart from use, in the order of their files.
enum RecordKind: Int, CaseIterable, Sendable {
  case bills
  case payments
  case topUps
  case balances
  /// Tickets of the history, and of call centre, shop and mail in a night.
  case tickets
  /// Tickets of the app, in a night only.
  case appTickets
  case orders
  case subscriptions
  case numbers
  case customers
  case consents
  case contacts
}

/// One event of a raw night, before it is put into the words of its source.
struct RawEvent: Sendable {
  enum Kind: UInt8, Sendable {
    case callOut
    case callIn
    case messageOut
    case messageIn
    case session
  }

  var kind: Kind
  var isDropped = false
  var isRoaming = false
  var isInternational = false
  /// Second of the local day.
  var second: Int32
  var seconds: Int32 = 0
  var downKilobytes: Int32 = 0
  var upKilobytes: Int32 = 0
  var chargeE4: Int32 = 0
  var cell: Int32
  var number: Int
  /// The other number, national digits without the trunk prefix, or with country code where international.
  var other: Int
}

/// What one town delivers: rows of text by family and by the night that is told of them.
struct TownOutput: Sendable {
  /// Daily sums by calendar month of the run.
  var usageByMonth: [RowText]
  /// Rows known before the first raw night, by `RecordKind`.
  var history: [RowText]
  /// Rows of each raw night: `[RecordKind][night]`.
  var nightly: [[RowText]]
  var rawEvents: [[RawEvent]]
  private let firstRawDay: Int
  private let lastDay: Int

  init(monthCount: Int, firstRawDay: Int, lastDay: Int) {
    let nightCount = lastDay - firstRawDay + 1
    usageByMonth = Array(repeating: RowText(), count: monthCount)
    history = Array(repeating: RowText(), count: RecordKind.allCases.count)
    nightly = Array(repeating: Array(repeating: RowText(), count: nightCount), count: RecordKind.allCases.count)
    rawEvents = Array(repeating: [], count: nightCount)
    self.firstRawDay = firstRawDay
    self.lastDay = lastDay
  }

  /// The same shelves without anything on them.
  var emptied: TownOutput {
    TownOutput(monthCount: usageByMonth.count, firstRawDay: firstRawDay, lastDay: lastDay)
  }

  /// Writes a row that the operator's systems know on `day`: into the history, into a night, or nowhere where the run
  /// is over by then.
  @inline(__always)
  mutating func row(_ kind: RecordKind, knownOn day: Int, _ write: (inout RowText) -> Void) {
    if day < firstRawDay {
      write(&history[kind.rawValue])
      history[kind.rawValue].newline()
    } else if day <= lastDay {
      write(&nightly[kind.rawValue][day - firstRawDay])
      nightly[kind.rawValue][day - firstRawDay].newline()
    }
  }

  /// Whether the nights are told of tickets of the app by a source of their own.
  func ticketKind(isApp: Bool, knownOn day: Int) -> RecordKind { isApp && day >= firstRawDay ? .appTickets : .tickets }
}
