import FoundationEssentials

// Reads TZif files, versions 2 to 4 (RFC 9636): the 64-bit block and its footer.
//
//   header   "TZif" version 15×0 isutcnt isstdcnt leapcnt timecnt typecnt charcnt (six big-endian UInt32)
//   block    times (8 each), type indices (1 each), types (offset Int32, isdst, name index), names, leap seconds, …
//   file     header, 32-bit block, header, 64-bit block, LF, POSIX rule, LF
extension Zone {
  /// Where the system keeps its zone database.
  public static let systemDatabase = "/usr/share/zoneinfo"
  /// The last year whose rule-made transitions are written out; 400 years of them cover every later year.
  private static let lastExpandedYear = 2_500
  /// The largest zone file that is read; real ones are below 4 kB.
  private static let byteLimit = 1 << 20

  /// Reads the zone `name` from the zone database in the folder `database`.
  public static func load(
    _ name: String, database: String = systemDatabase
  ) throws(CalendarError) -> Zone {
    let isNameSafe =
      !name.isEmpty && !name.hasPrefix("/") && !name.split(separator: "/").contains("..")
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || "+-_/".utf8.contains($0)
      }
    guard isNameSafe, let content = try? Data(contentsOf: URL(filePath: "\(database)/\(name)")) else {
      throw CalendarError(.unknownZone, "the zone database \(database) has no zone '\(name)'")
    }
    return try Zone(name: name, file: Array(content.prefix(byteLimit)))
  }

  /// Reads the zone `name` from the bytes of its TZif file.
  public init(name: String, file: [UInt8]) throws(CalendarError) {
    var reader = TZifReader(bytes: file, zone: name)
    let first = try reader.header()
    guard first.version >= 0x32 else { throw reader.damaged("it is of version 1, which ends in 2038") }
    try reader.skip(first.blockByteCount(timeByteCount: 4))
    let header = try reader.header()
    guard header.leapCount == 0 else { throw reader.damaged("it counts leap seconds") }
    guard header.typeCount > 0 else { throw reader.damaged("it has no offset") }
    var times: [Int64] = []
    for _ in 0..<header.timeCount { times.append(Int64(bitPattern: try reader.word(8))) }
    var indices: [Int] = []
    for _ in 0..<header.timeCount { indices.append(Int(try reader.word(1))) }
    var typeOffsets: [Int32] = []
    for _ in 0..<header.typeCount {
      typeOffsets.append(Int32(bitPattern: UInt32(try reader.word(4))))
      _ = try reader.word(2)
    }
    try reader.skip(header.nameByteCount + header.standardCount + header.universalCount)
    guard indices.allSatisfy({ $0 < header.typeCount }), typeOffsets.allSatisfy({ abs(Int($0)) < 93_600 }),
      zip(times, times.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw reader.damaged("its transitions are out of order or out of range") }

    var starts: [Int64] = [.min]
    var offsets: [Int32] = [typeOffsets[0]]
    for (time, index) in zip(times, indices) where time > -(1 << 55) {
      starts.append(time)
      offsets.append(typeOffsets[index])
    }
    let footer = try reader.footer()
    guard !footer.isEmpty else {
      self.init(name: name, starts: starts, offsets: offsets, cycleEnd: .max)
      return
    }
    guard let rule = PosixZoneRule(footer) else { throw reader.damaged("its rule for later years cannot be read") }
    let lastYear = Int(Day(ofSeconds: times.last ?? 0).civil.year)
    for year in lastYear...max(lastYear, Zone.lastExpandedYear) {
      for (time, offset) in rule.transitions(ofYear: year) where time > starts[starts.count - 1] {
        guard offset != offsets[offsets.count - 1] else { continue }
        starts.append(time)
        offsets.append(offset)
      }
    }
    if rule.daylight == nil, offsets[offsets.count - 1] != rule.standardOffset {
      throw reader.damaged("its rule for later years contradicts its table")
    }
    let cycleEnd =
      rule.daylight == nil ? .max : Int64(Day(year: Zone.lastExpandedYear, month: 1, day: 1)!.rawValue) * 86_400
    self.init(name: name, starts: starts, offsets: offsets, cycleEnd: cycleEnd)
  }
}

/// Walks the bytes of a TZif file with every bound checked.
private struct TZifReader {
  struct Header {
    var version: UInt8
    var universalCount, standardCount, leapCount, timeCount, typeCount, nameByteCount: Int

    func blockByteCount(timeByteCount: Int) -> Int {
      timeCount * (timeByteCount + 1) + typeCount * 6 + nameByteCount + leapCount * (timeByteCount + 4)
        + standardCount + universalCount
    }
  }

  let bytes: [UInt8]
  let zone: String
  var position = 0

  init(bytes: [UInt8], zone: String) {
    self.bytes = bytes
    self.zone = zone
  }

  func damaged(_ what: String) -> CalendarError { CalendarError(.damagedZone, "the file of zone '\(zone)': \(what)") }

  mutating func skip(_ count: Int) throws(CalendarError) {
    guard count >= 0, count <= bytes.count - position else { throw damaged("it is cut short") }
    position += count
  }

  /// A big-endian unsigned number of `byteCount` bytes.
  mutating func word(_ byteCount: Int) throws(CalendarError) -> UInt64 {
    let start = position
    try skip(byteCount)
    return bytes[start..<position].reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func header() throws(CalendarError) -> Header {
    guard try word(4) == 0x545A_6966 else { throw damaged("it is not TZif") }
    let version = UInt8(try word(1))
    try skip(15)
    var counts: [Int] = []
    for _ in 0..<6 { counts.append(Int(try word(4))) }
    guard counts.allSatisfy({ $0 < 1 << 20 }) else { throw damaged("its counts are out of range") }
    return Header(
      version: version, universalCount: counts[0], standardCount: counts[1], leapCount: counts[2],
      timeCount: counts[3], typeCount: counts[4], nameByteCount: counts[5])
  }

  mutating func footer() throws(CalendarError) -> [UInt8] {
    guard try word(1) == 0x0A else { throw damaged("its footer is missing") }
    guard let end = bytes[position...].firstIndex(of: 0x0A) else { throw damaged("its footer is cut short") }
    return Array(bytes[position..<end])
  }
}
