import Calendar
import Columns
import Datasets
import FoundationEssentials
import Ingest
import Ledger
import Testing
import Vault

/// Repaired rows are read under the identity of the file that delivered them.
@Suite struct ReplayTests {
  private func row(_ id: Int, _ seconds: String) -> String {
    "\(id),01700000002,,2026-11-20 10:00:00,\(seconds),\n"
  }

  private func export(_ world: IngestWorld, _ name: String = "rejects.ndjson") throws -> [String] {
    let path = "\(world.folder)/\(name)"
    _ = try RejectExport(world.home).write(to: path)
    return String(decoding: try SystemCallsReading.bytes(path), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @discardableResult
  private func replay(_ world: IngestWorld, _ lines: [String], night: String) throws -> IngestNight.Report {
    let path = world.folder + "/repaired.ndjson"
    try Data(Array(lines.joined(separator: "\n").utf8)).write(to: URL(filePath: path))
    var replay = Replay(home: world.home, night: try #require(Day(night)), file: path)
    replay.configuration = world.folder + "/config"
    return try replay.run()
  }

  @Test func `a repaired row moves from rejected to accepted in its own file, once`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("reject-threshold: 0.9\nrecord-key: {from: [id], window-days: 5}")
    try world.deliver(
      "calls_a.csv", IngestWorld.header + row(1, "60") + row(2, "x") + "3,\"0170\"0000002,,,,\n" + row(4, "4"))
    // What the repaired row 2 says is delivered again: it counts for the file that came first.
    try world.deliver("calls_b.csv", IngestWorld.header + row(2, "7") + row(5, "100"))
    try world.night("2026-11-20")
    let lines = try export(world).sorted { a, _ in a.contains("\"line\":3") }
    #expect(lines.count == 2)
    #expect(lines[0].contains("\"line\":3") && lines[0].contains("2026-11-20 10:00:00,x,"))
    let repaired = [
      lines[0].replacing("10:00:00,x,", with: "10:00:00,7,"), lines[1],
    ]
    let report = try replay(world, repaired, night: "2026-11-22")
    #expect(report.counts["repairedRowCount"] == 1 && report.counts["rederivedFileCount"] == 2)
    #expect(report.repairs == "1 accepted" && report.counts["acceptedRepairCount"] == 1 && report.warnings.isEmpty)
    let files = try world.state().deliveries.map(\.file).filter { $0.feed == "calls" }
    #expect(files.map(\.name) == ["calls_a.csv", "calls_b.csv"])
    #expect(files.map(\.acceptedCount) == [3, 1] && files.map(\.rejectedCount) == [1, 0])
    #expect(files.map(\.duplicateCount) == [0, 1] && files.allSatisfy { $0.readCount == $0.accountedCount })
    #expect(files.map(\.rederivation) == [.repair, .supersede])
    let usage = try world.table(.usage)
    #expect(try usage.int64("voice_out_seconds").values.sorted() == [7, 64, 100])
    // What the repaired row says is known since the repair, all else since its own night.
    let known = try Dictionary(
      uniqueKeysWithValues: zip(usage.int64("voice_out_seconds").values, usage.date("known_date").values))
    #expect(known[7] == Day("2026-11-22")?.rawValue && known[64] == Day("2026-11-20")?.rawValue)
    #expect(try world.rejectCodes().count == 1)

    let error = #expect(throws: IngestError.self) { try replay(world, repaired, night: "2026-11-22") }
    #expect(error?.code == .badRepair && error?.message.contains("repaired.ndjson:1") == true)
    #expect(try export(world, "again.ndjson") == [lines[1]], "the other reject stands as it was")
    #expect(try replay(world, [lines[1]], night: "2026-11-22").isPublished == false, "nothing was repaired")
  }

  @Test func `a repair holds when its file is derived again for another reason`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("reject-threshold: 0.9\nrecord-key: {from: [id], window-days: 5}")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "60"))
    try world.deliver("calls_b.csv", IngestWorld.header + row(1, "60") + row(2, "x"))
    try world.night("2026-11-20")
    try replay(world, export(world).map { $0.replacing("00,x,", with: "00,7,") }, night: "2026-11-21")
    try world.deliver("calls_a.csv", IngestWorld.header + row(9, "1"))
    try world.night("2026-11-22", supersede: true)
    #expect(try world.table(.usage).int64("voice_out_seconds").values.sorted() == [1, 7, 60])
    #expect(try world.rejectCodes().isEmpty)
  }

  @Test func `a row that was repaired badly stays a reject of its place and may be repaired again`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("reject-threshold: 0.9")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "60") + row(2, "x"))
    try world.night("2026-11-20")
    let lines = try export(world)
    for (index, bad) in ["00,y,", "00,1,\\n3,", "00,\\\"1,"].enumerated() {
      let report = try replay(world, [lines[0].replacing("00,x,", with: bad)], night: "2026-11-21")
      let code = index == 0 ? "wrong-type" : "bad-repair"
      #expect(report.warnings == ["1 repaired row was rejected again: 1 \(code)"])
      #expect(report.repairs == "0 accepted, 1 rejected again" && report.counts["rejectedRepairCount"] == 1)
      let rejects = try world.table(.rejects)
      #expect(try rejects.string("code").values == [code])
      #expect(try rejects.int64("line").values == [3])
      #expect(try rejects.int64("record_byte").values == [Int64((IngestWorld.header + row(1, "60")).utf8.count)])
    }
    try replay(world, [lines[0].replacing("00,x,", with: "00,7,")], night: "2026-11-22")
    #expect(try world.table(.usage).int64("voice_out_seconds").values.sorted() == [7, 60])
  }

  @Test func `rows of one replay are told apart by what became of them`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds(
      "reject-threshold: 0.9\nrecord-key: {from: [id], window-days: 5}\nleave-out: [{column: called, is: [test]}]")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "60") + (2...7).map { row($0, "x") }.joined())
    try world.night("2026-11-20")
    let repairs = [
      ("2,0170", "2,0170", "00,7,"), ("3,0170", "1,0170", "00,7,"), ("4,01700000002,,", "4,01700000002,test,", "00,x,"),
      ("5,0170", "5,0179", "00,7,"), ("6,01700000002,,2026", "6,01700000002,,2025", "00,7,"),
    ]
    let lines = try export(world)
    #expect(lines.count == 6)
    let repaired = zip(lines, repairs).map { line, repair in
      line.replacing("\"row\":\"" + repair.0, with: "\"row\":\"" + repair.1).replacing("00,x,", with: repair.2)
    }
    let report = try replay(world, repaired + [lines[5]], night: "2026-11-21")
    #expect(report.repairs == "1 accepted, 1 duplicate, 1 left out, 2 rejected again")
    #expect(report.warnings == ["2 repaired rows were rejected again: 1 out-of-window, 1 unknown-number"])
    #expect(try world.table(.usage).int64("voice_out_seconds").values.sorted() == [7, 60])
    // A later replay tells its own rows alone.
    let last = try replay(world, [lines[5].replacing("00,x,", with: "00,8,")], night: "2026-11-22")
    #expect(last.repairs == "1 accepted" && last.warnings.isEmpty)
  }

  @Test func `rejects of a feed that no delivery has are refused`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("reject-threshold: 0.9")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "60"))
    try world.night("2026-11-20")
    var export = RejectExport(world.home)
    export.feed = "calls"
    #expect(try export.count() == 0)
    export.feed = "cals"
    let error = #expect(throws: IngestError.self) { try export.write(to: world.folder + "/rejects") }
    #expect(error?.exitStatus == 64 && error?.message.hasSuffix("did you mean 'calls'?") == true)
    #expect(!FileManager.default.fileExists(atPath: world.folder + "/rejects"))
  }

  @Test func `what stands for no reject, and what is no row, is told line by line, and nothing changes`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("reject-threshold: 0.9")
    try world.deliver("calls_a.csv", IngestWorld.header + row(1, "60") + row(2, "x"))
    try world.night("2026-11-20")
    let line = try export(world)[0].replacing("00,x,", with: "00,7,")
    let error = #expect(throws: IngestError.self) {
      try replay(
        world, ["{}", line, line.replacing("\"record_byte\":", with: "\"record_byte\":9")], night: "2026-11-21")
    }
    #expect(error?.message.contains("repaired.ndjson:1") == true)
    let other = #expect(throws: IngestError.self) {
      try replay(
        world, [line, line, line.replacing("\"record_byte\":", with: "\"record_byte\":9")], night: "2026-11-21")
    }
    #expect(other?.message.contains(":2: an earlier line") == true && other?.message.contains(":3: no reject") == true)
    #expect(try world.rejectCodes() == ["wrong-type"])
  }

  @Test func `the exported rows are readable by their owner alone, and never written over another file`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("reject-threshold: 0.9")
    try world.deliver(
      "calls_a.csv",
      Array((IngestWorld.header + "1,0170\u{1}").utf8) + [0xFF] + Array(",,\n".utf8) + Array(row(2, "5").utf8))
    try world.night("2026-11-20")
    let lines = try export(world)
    #expect(lines.count == 1 && lines[0].contains("\"row_base64\""))
    let path = world.folder + "/rejects.ndjson"
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    #expect(throws: LedgerError.self) { try RejectExport(world.home).write(to: path) }
  }

  @Test func `a repaired row of an archive's member is read in that member`() throws {
    let world = try IngestWorld()
    try world.addCallFeeds("reject-threshold: 0.9")
    let members = [
      ("a.csv", IngestWorld.header + row(1, "x")), ("b.csv", IngestWorld.header + row(2, "y") + row(3, "1")),
    ]
    try world.deliver("calls_a.zip", storedZip(members.map { (name: $0.0, text: $0.1) }))
    try world.night("2026-11-20")
    let lines = try export(world)
    #expect(lines.count == 2)
    try replay(world, [lines[1].replacing("00,y,", with: "00,10,")], night: "2026-11-20")
    #expect(try world.table(.usage).int64("voice_out_seconds").values == [11])
    #expect(try world.table(.rejects).string("member").values == ["a.csv"])
  }
}
