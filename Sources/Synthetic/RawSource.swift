import Calendar

/// The systems that write raw nights, each in words of its own.
enum RawSource: Int, CaseIterable, Sendable {
  /// The switches: calls and messages at home, local time, national numbers, six hours a member.
  case voice
  /// The packet gateway: data sessions at home, semicolons, kilobytes, German dates.
  case sessions
  /// The roaming clearing house: everything abroad, epoch seconds, international numbers.
  case roaming

  static func of(_ event: RawEvent) -> RawSource {
    event.isRoaming ? .roaming : event.kind == .session ? .sessions : .voice
  }

  var letter: Character {
    switch self {
    case .voice: "V"
    case .sessions: "D"
    case .roaming: "R"
    }
  }

  var header: String {
    switch self {
    case .voice: "record_id,type,served,other,start,duration,cell,cause,abroad,charge"
    case .sessions: "satz;rufnummer;beginn;kb_empfangen;kb_gesendet;zelle;entgelt"
    case .roaming: "record_id,type,number,other,start_epoch,seconds,kb_down,kb_up,partner,cause,abroad,charge"
    }
  }

  /// Writes an event in the source's own form. `sequence` counts the source's records of the day.
  func write(_ event: RawEvent, day: Day, sequence: Int, into row: inout RowText) {
    let recordID = Int(day.rawValue) * 100_000_000 + sequence
    row.key(letter, recordID)
    switch self {
    case .voice: writeVoice(event, day, &row)
    case .sessions: writeSession(event, day, &row)
    case .roaming: writeRoaming(event, day, &row)
    }
  }

  private func writeVoice(_ event: RawEvent, _ day: Day, _ row: inout RowText) {
    row.field(RawSource.type(event.kind))
    row.add(",0")
    row.add(event.number)
    row.add(event.isInternational ? ",00" : ",0")
    row.add(event.other)
    row.comma()
    row.day(day)
    row.add(" ")
    row.clock(Int(event.second))
    row.field(Int(event.seconds))
    row.add(",C")
    row.add(Int(event.cell), width: 4)
    // Cause 41 of Q.850: temporary failure; 16: normal clearing.
    row.field(event.isDropped ? "41" : "16")
    row.field(event.isInternational ? "1" : "0")
    row.comma()
    row.money(Int(event.chargeE4))
    row.newline()
  }

  private func writeSession(_ event: RawEvent, _ day: Day, _ row: inout RowText) {
    row.add(";0")
    row.add(event.number)
    row.semicolon()
    let civil = day.civil
    row.add(civil.day, width: 2)
    row.add(".")
    row.add(civil.month, width: 2)
    row.add(".")
    row.add(civil.year)
    row.add(" ")
    row.clock(Int(event.second))
    row.semicolon()
    row.add(Int(event.downKilobytes))
    row.semicolon()
    row.add(Int(event.upKilobytes))
    row.add(";C")
    row.add(Int(event.cell), width: 4)
    row.semicolon()
    row.money(Int(event.chargeE4))
    row.newline()
  }

  private func writeRoaming(_ event: RawEvent, _ day: Day, _ row: inout RowText) {
    row.field(RawSource.type(event.kind))
    row.add(",+49")
    row.add(event.number)
    row.comma()
    if event.kind != .session {
      row.add(event.isInternational ? "+" : "+49")
      row.add(event.other)
    }
    row.field(BerlinTime.epochSeconds(day, second: Int(event.second)))
    row.field(Int(event.seconds))
    row.field(Int(event.downKilobytes))
    row.field(Int(event.upKilobytes))
    row.add(",partner-")
    row.add(Int(event.cell) % 7 + 1)
    row.field(event.isDropped ? "41" : "16")
    row.field(event.isInternational ? "1" : "0")
    row.comma()
    row.money(Int(event.chargeE4))
    row.newline()
  }

  private static func type(_ kind: RawEvent.Kind) -> String {
    switch kind {
    case .callOut: "MOC"
    case .callIn: "MTC"
    case .messageOut: "SMS-MO"
    case .messageIn: "SMS-MT"
    case .session: "GPRS"
    }
  }
}
