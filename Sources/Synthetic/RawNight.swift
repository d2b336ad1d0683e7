import Calendar
import Delivery

/// The archives of one raw night: events sorted by their second, numbered by their source, with the defects of the law.
struct RawNight {
  let night: Int
  let day: Day
  let draws: Draws
  /// Events by source, sorted.
  private let events: [[RawEvent]]

  init(night: Int, day: Day, draws: Draws, towns: [[RawEvent]]) {
    self.night = night
    self.day = day
    self.draws = draws
    var bySource = Array(repeating: [RawEvent](), count: RawSource.allCases.count)
    for event in towns.joined() { bySource[RawSource.of(event).rawValue].append(event) }
    events = bySource.map { unsorted in
      // The second, then the place in the towns' order: a total order, so the sort is the same everywhere.
      let keys = unsorted.indices.map { UInt64(unsorted[$0].second) << 40 | UInt64($0) }.sorted()
      return keys.map { unsorted[Int($0 & 0xFF_FFFF_FFFF)] }
    }
  }

  /// Writes the voice archive: a member for every six hours.
  func writeVoice(to path: String) throws {
    let archive = try ArchiveWriter(path: path, format: .tarGzip)
    var sequence = 0
    let all = events[RawSource.voice.rawValue]
    let gapAfter = night == OperatorLaw.Defects.gapNight ? all.count / 3 : -1
    var stream = draws.stream(.defect, night, 1)
    let count = max(1, all.count)
    let repeated = Set((0..<OperatorLaw.Defects.repeatedRowCount).map { _ in stream.integer(0...count - 1) })
    let malformed = Set((0..<OperatorLaw.Defects.malformedRowCount).map { _ in stream.integer(0...count - 1) })
    var badRowCount = 0
    var index = 0
    for quarter in 0..<4 {
      var text = RowText()
      text.add(RawSource.voice.header)
      text.newline()
      while index < all.count, Int(all[index].second) / 21_600 == quarter {
        sequence += 1
        if index == gapAfter { sequence += OperatorLaw.Defects.gapLength }
        RawSource.voice.write(all[index], day: day, sequence: sequence, into: &text)
        if repeated.contains(index) { RawSource.voice.write(all[index], day: day, sequence: sequence, into: &text) }
        if malformed.contains(index) {
          text.add(RawNight.malformedRow(badRowCount))
          badRowCount += 1
        }
        index += 1
      }
      let hour = quarter * 6 < 10 ? "0\(quarter * 6)" : "\(quarter * 6)"
      try archive.add(member: "voice_\(day)_\(hour).csv", text.bytes)
    }
    try archive.finish()
  }

  /// Rows that no parser should accept: too few fields, a bad quote, a time that is none.
  private static func malformedRow(_ ordinal: Int) -> String {
    switch ordinal % 3 {
    case 0: "V0,MOC,0151\n"
    case 1: "V0,MOC,\"0151\"00000000,0172,2026-11-20 10:00:00,10,C0001,16,0,0.00\n"
    default: "V0,MOC,015100000000,017200000000,2026-11-20 29:61:00,ten,C0001,16,0,0.00\n"
    }
  }

  /// Writes the sessions: two members of half a day.
  func writeSessions(to path: String) throws {
    let archive = try ArchiveWriter(path: path, format: .zip)
    let all = events[RawSource.sessions.rawValue]
    let half = all.firstIndex { $0.second >= 43_200 } ?? all.count
    for (part, range) in [("am", 0..<half), ("pm", half..<all.count)] {
      var text = RowText()
      text.add(RawSource.sessions.header)
      text.newline()
      for index in range { RawSource.sessions.write(all[index], day: day, sequence: index + 1, into: &text) }
      try archive.add(member: "sessions_\(day)_\(part).csv", text.bytes)
    }
    try archive.finish()
  }

  /// Writes what the clearing house sent, under a comment.
  func writeRoaming(to path: String) throws {
    var text = RowText()
    text.add("# clearing house, settlement day \(day)\n")
    text.add(RawSource.roaming.header)
    text.newline()
    for (index, event) in events[RawSource.roaming.rawValue].enumerated() {
      RawSource.roaming.write(event, day: day, sequence: index + 1, into: &text)
    }
    try ByteFile.write(GzipPiece.member(of: [GzipPiece(text.bytes)]), to: path)
  }
}
