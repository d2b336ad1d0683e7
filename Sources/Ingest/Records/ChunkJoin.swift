import CSV

/// Puts parsed chunks together, file by file; used by one thread at a time.
final class ChunkJoin {
  private let tasks: [FileTask]
  private let feeds: [Feed]
  private let context: NightContext
  private var file: ChunkedFile?
  private var open: RecordReader?
  /// The file that was given up before its end, or -1.
  private(set) var abandoned = -1

  init(_ tasks: [FileTask], _ feeds: [Feed], _ context: NightContext) {
    self.tasks = tasks
    self.feeds = feeds
    self.context = context
  }

  /// Adds the next chunk; where the one before ended within a record, it is parsed again from there.
  func add(_ chunk: DeliveryChunk, _ result: Result<ChunkParser.Parsed, FileRefusal>, _ parser: ChunkParser) throws {
    let index = chunk.member.file
    var file = self.file ?? ChunkedFile(tasks[index], feeds[tasks[index].feed])
    defer { self.file = file }
    guard file.problem == nil else { return }
    if chunk.isFirst { file.lineCount = 0 }
    do {
      var parsed: ChunkParser.Parsed
      var base = file.lineCount
      if let driver = open {
        open = nil
        parsed = try parser.parse(chunk, line: base + 1, continuing: driver)
        base = 0
      } else {
        parsed = try result.get()
      }
      if let driver = parsed.open {
        driver.advance(lines: base)
        open = driver
      }
      if let usage = parsed.usage { parsed.usage = try context.spill.keep(usage) }
      file.lineCount += parsed.lineCount
      file.add(parsed, lineBase: base, member: chunk.member.name, isMemberEnd: chunk.isLast)
    } catch let error as FileRefusal { file.problem = error }
    if file.problem != nil {
      abandoned = index
      open = nil
    }
  }

  /// Ends the file; nil where it must be read row by row.
  func end(_ end: DeliverySource.FileEnd) throws -> FileOutcome? {
    var file = self.file ?? ChunkedFile(tasks[end.file], feeds[tasks[end.file].feed])
    self.file = nil
    open = nil
    if case DeliverySource.Unsuited.isWide? = end.problem as? DeliverySource.Unsuited { return nil }
    file.problem = file.problem ?? end.problem
    return try file.outcome(digest: end.digest)
  }
}
