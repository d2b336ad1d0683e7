import CSV
import Ledger

/// Puts the parsed chunks of a part of a file together, in their order; used by one thread at a time.
final class ChunkJoin {
  private let context: NightContext
  /// What the part brought until then.
  private(set) var result: FileResult
  /// What ends the file at this place.
  private(set) var problem: FileRefusal?
  /// Lines of the member before the next chunk.
  private var lineCount = 0
  /// The driver, where the chunk before ended within a record.
  private var open: RecordReader?

  init(_ task: FileTask, _ feed: Feed, _ context: NightContext) {
    self.context = context
    result = FileResult(task, of: feed)
  }

  /// Adds the next chunk; where the one before ended within a record, it is parsed again from there. What comes behind a
  /// problem is passed over.
  func add(_ chunk: DeliveryChunk, _ result: Result<ChunkParser.Parsed, FileRefusal>, _ parser: ChunkParser) throws {
    guard problem == nil else { return }
    if chunk.isFirst { lineCount = 0 }
    do {
      var parsed: ChunkParser.Parsed
      var base = lineCount
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
      for usage in parsed.usage { self.result.add(try context.spill.keep(usage)) }
      lineCount += parsed.lineCount
      add(parsed, lineBase: base)
      if chunk.isLast, let name = chunk.member.name { self.result.endMember(name) }
    } catch let error as FileRefusal { fail(error) }
  }

  private func fail(_ refusal: FileRefusal) {
    problem = refusal
    open = nil
  }

  private func add(_ parsed: ChunkParser.Parsed, lineBase: Int) {
    result.intake.acceptedCount += parsed.counts.accepted
    result.intake.rejectedCount += parsed.counts.rejected
    result.intake.outOfWindowCount += parsed.counts.outOfWindow
    result.intake.readCount += Int64(parsed.records.sum)
    result.intake.blankCount += Int64(parsed.records.blankCount)
    result.intake.commentCount += Int64(parsed.records.commentCount)
    result.intake.headerCount += Int64(parsed.records.headerCount + parsed.records.skippedCount)
    for var reject in parsed.rejects {
      reject.line += Int64(lineBase)
      result.add(reject)
    }
    result.unowned += parsed.unowned
    if result.rejectWeight > context.rejectLimit { fail(FileRefusal(tooManyRejects: context.rejectLimit)) }
  }
}
