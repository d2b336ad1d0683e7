import Calendar
import Testing

@Suite struct ZoneTests {
  // Known values were computed by Python's zoneinfo. Those of the future follow from rules that no release of tzdata is
  // likely to change; Morocco changes its own, so its values lie in the past.
  @Test(
    arguments: [
      ("Europe/Berlin", 299_635_200, 3600), ("Europe/Berlin", 1_774_745_999, 3600),
      ("Europe/Berlin", 1_774_746_000, 7200), ("Europe/Berlin", 1_792_889_999, 7200),
      ("Europe/Berlin", 1_792_890_000, 3600), ("Europe/Berlin", 2_855_908_800, 7200),
      ("Europe/Berlin", 14_637_153_600, 3600), ("America/New_York", 1_772_953_199, -18000),
      ("America/New_York", 1_772_953_200, -14400), ("America/New_York", 1_793_512_799, -14400),
      ("America/New_York", 1_793_512_800, -18000), ("America/New_York", 4_086_806_400, -14400),
      ("Asia/Kolkata", -891_561_600, 23400), ("Asia/Kolkata", 1_795_372_199, 19800),
      ("Asia/Kolkata", 1_795_372_200, 19800), ("Australia/Lord_Howe", 1_775_314_799, 39600),
      ("Australia/Lord_Howe", 1_775_314_800, 37800), ("Australia/Lord_Howe", 1_791_041_399, 37800),
      ("Australia/Lord_Howe", 1_791_041_400, 39600), ("Australia/Lord_Howe", 2_524_608_000, 39600),
      ("Europe/Dublin", 1_782_864_000, 3600), ("Europe/Dublin", 1_796_083_200, 0),
      ("Europe/Dublin", 3_171_398_400, 3600), ("Africa/Casablanca", 1_590_278_400, 0),
      ("Africa/Casablanca", 1_590_969_600, 3600), ("UTC", 1_795_420_800, 0),
    ] as [(String, Int64, Int32)])
  func `offsets are those of the zone database`(name: String, utc: Int64, offset: Int32) throws {
    let zone = try Zone.load(name)
    #expect(zone.offsetSeconds(atUTC: utc) == offset)
    var cursor = ZoneCursor(zone)
    #expect(cursor.localSeconds(ofUTC: utc) == utc + Int64(offset))
  }

  @Test(
    arguments: [
      ("Europe/Berlin", "2026-03-29 01:59:59", 1_774_745_999), ("Europe/Berlin", "2026-03-29 02:30:00", 1_774_747_800),
      ("Europe/Berlin", "2026-03-29 03:00:00", 1_774_746_000), ("Europe/Berlin", "2026-10-25 01:59:59", 1_792_886_399),
      ("Europe/Berlin", "2026-10-25 02:30:00", 1_792_888_200), ("Europe/Berlin", "2026-10-25 03:00:00", 1_792_893_600),
      ("America/New_York", "2026-03-08 02:15:00", 1_772_954_100),
      ("America/New_York", "2026-11-01 01:15:00", 1_793_510_100),
      ("America/New_York", "2026-11-01 02:00:00", 1_793_516_400),
      ("Asia/Kolkata", "2026-11-23 00:00:00", 1_795_372_200),
      ("Australia/Lord_Howe", "2026-04-05 01:45:00", 1_775_313_900),
      ("Australia/Lord_Howe", "2026-04-05 02:00:00", 1_775_316_600),
      ("Australia/Lord_Howe", "2026-10-04 02:15:00", 1_791_042_300),
      ("Australia/Lord_Howe", "2026-10-04 02:30:00", 1_791_041_400), ("UTC", "2026-01-01 00:00:00", 1_767_225_600),
    ] as [(String, String, Int64)])
  func `a local time in a gap takes the earlier offset, in an overlap the first instant`(
    name: String, local: String, utc: Int64
  ) throws {
    let zone = try Zone.load(name)
    let parsed = try #require(try TimestampFormat("yyyy-MM-dd HH:mm:ss").parse(Array(local.utf8).span))
    #expect(zone.utcSeconds(ofLocal: parsed.seconds) == utc)
    var cursor = ZoneCursor(zone)
    #expect(cursor.resolve(parsed).utcSeconds == utc)
    #expect(cursor.resolve(parsed).utcSeconds == utc)
  }

  @Test func `a cursor agrees with the zone on every quarter hour of three years, in any order`() throws {
    for name in ["Europe/Berlin", "Australia/Lord_Howe", "America/New_York"] {
      let zone = try Zone.load(name)
      var cursor = ZoneCursor(zone)
      let start = Int64(try #require(Day("2025-01-01")).rawValue) * 86_400
      for step in 0..<105_216 {
        let time = start + Int64((step * 7_919) % 105_216) * 900
        let offset = Int64(zone.offsetSeconds(atUTC: time))
        #expect(cursor.localSeconds(ofUTC: time) == time + offset)
        #expect(cursor.utcSeconds(ofLocal: time) == zone.utcSeconds(ofLocal: time))
        // Away from changes, local time and back is the identity.
        if zone.offsetSeconds(atUTC: time - 7_200) == zone.offsetSeconds(atUTC: time + 7_200) {
          #expect(zone.utcSeconds(ofLocal: time + offset) == time)
        }
      }
    }
  }

  @Test func `a day of 23 hours begins and ends at local midnight`() throws {
    let zone = try Zone.load("Europe/Berlin")
    let day = try #require(Day("2026-03-29"))
    #expect(zone.startOfDay(day + 1) - zone.startOfDay(day) == 23 * 3_600)
    #expect(zone.day(ofUTC: zone.startOfDay(day)) == day)
    #expect(zone.day(ofUTC: zone.startOfDay(day) - 1) == day - 1)
  }

  @Test(arguments: ["Europe/Berln", "../../etc/passwd", "/etc/passwd", "", "Europe"])
  func `a zone that is not there is refused`(name: String) {
    let error = #expect(throws: CalendarError.self) { try Zone.load(name) }
    #expect(error?.code == .unknownZone || error?.code == .damagedZone)
  }

  @Test func `a zone file cut anywhere is refused, never misread`() throws {
    let bytes: [UInt8] = try minimalZone(footer: "CET-1CEST,M3.5.0,M10.5.0/3")
    #expect(try Zone(name: "X", file: bytes).offsetSeconds(atUTC: 1_782_864_000) == 7_200)
    for length in 0..<bytes.count {
      #expect(throws: CalendarError.self) { try Zone(name: "X", file: Array(bytes.prefix(length))) }
    }
  }

  @Test(arguments: ["CET", "CET-1CEST", "CET-1CEST,M13.1.0,M10.5.0", "CE-1", "CET-1CEST,M3.5.0,M10.5.0/3x", "<CET-1"])
  func `a rule that breaks the grammar is refused`(footer: String) throws {
    let bytes = try minimalZone(footer: footer)
    #expect(throws: CalendarError.self) { try Zone(name: "X", file: bytes) }
  }

  /// A TZif file of version 2 with one type (UTC+1), no transition and the given rule.
  private func minimalZone(footer: String) throws -> [UInt8] {
    let header: [UInt8] =
      Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
      + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4]
    let block: [UInt8] = [0, 0, 0x0E, 0x10, 0, 0] + Array("CET\0".utf8)
    return header + block + header + block + [0x0A] + Array(footer.utf8) + [0x0A]
  }
}
