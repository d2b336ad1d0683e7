import CSV
import Delivery
import Ledger

/// Reads files one after the other, member by member, into chunks, and takes each file's digest on the way.
///
/// Used by one thread at a time. Header and skipped lines are read here, since the chunks of a member can be parsed only
/// when it is known where the columns stand.
final class DeliverySource {
  /// What comes next.
  enum Item {
    case chunk(DeliveryChunk)
    case fileEnd(FileEnd)
  }

  /// How a file ended.
  struct FileEnd {
    /// Index among the files.
    var file: Int
    /// The place among all chunks and file ends.
    var sequence: Int
    /// The file's digest, where all of its bytes were read in order.
    var digest: SHA256Digest?
    /// Why it cannot be taken.
    var problem: (any Error)?
  }

  /// Why a file cannot be read in chunks.
  enum Unsuited: Error {
    /// A member is written in UTF-16.
    case isWide
  }

  private let tasks: [FileTask]
  private let feeds: [Feed]
  private let chunkByteCount: Int
  private let pool: ChunkMemory
  private var nextFile = 0
  private var sequence = 0
  private var archive: Archive?
  private var digest = SHA256Digest.Stream()
  private var isAnyRead = false
  // The member in progress.
  private var member: DeliveryChunk.Member?
  private var byteOffset = 0
  private var isFirst = false
  private var carry: [UInt8] = []
  private var head: Head?

  private struct Head {
    var lineCount: Int
    var counts: RecordCounts
    var batches: [RecordBatch]
  }

  init(_ tasks: [FileTask], _ feeds: [Feed], chunkByteCount: Int) {
    self.chunkByteCount = chunkByteCount
    pool = ChunkMemory(usualByteCount: chunkByteCount)
    self.tasks = tasks
    self.feeds = feeds
  }

  private var file: Int { nextFile - 1 }
  private var isOpen = false

  /// Gives up the file in progress, if it is this one: its end comes next.
  func abandon(file abandoned: Int) {
    guard isOpen, file == abandoned else { return }
    archive = nil
    member = nil
  }

  /// The next chunk or file end, or nil behind the last file.
  func next() -> Item? {
    while true {
      if isOpen {
        do { return try nextChunk().map { .chunk($0) } ?? endFile(nil) } catch { return endFile(error) }
      }
      guard nextFile < tasks.count else { return nil }
      nextFile += 1
      isOpen = true
      digest = SHA256Digest.Stream()
      isAnyRead = false
      let task = tasks[file]
      do {
        archive = try Archive(path: task.file.path, limits: feeds[task.feed].limits.delivery) { [unowned self] in
          digest.update($0)
        }
      } catch { return endFile(error) }
    }
  }

  private func endFile(_ problem: (any Error)?) -> Item {
    var problem = problem
    let task = tasks[file]
    let feed = feeds[task.feed]
    isOpen = false
    if problem == nil, !isAnyRead {
      problem = FileRefusal("no-member", "no member matches '\(feed.members.text)'")
    }
    let isWhole = digest.byteCount == task.stamp.byteCount && problem == nil
    archive = nil
    member = nil
    defer { sequence += 1 }
    return .fileEnd(
      FileEnd(file: file, sequence: sequence, digest: isWhole ? digest.finish() : nil, problem: problem))
  }

  /// The next chunk of the file, or nil at its end.
  private func nextChunk() throws -> DeliveryChunk? {
    guard let archive else { return nil }
    while true {
      if let member { return try fill(member, archive) }
      guard let found = try archive.nextMember() else { return nil }
      let feed = feeds[tasks[file].feed]
      guard found.isWholeFile || feed.members.matches(found.contentName) else { continue }
      isAnyRead = true
      try readHead(found, archive, feed)
    }
  }

  /// Reads up to the end of the header and the lines before it.
  private func readHead(_ found: Archive.Member, _ archive: Archive, _ feed: Feed) throws {
    let name = found.isWholeFile ? nil : found.name
    let place = name.map { " of member \($0)" } ?? ""
    let reader = RecordReader(feed.dialect)
    var head = Head(lineCount: 0, counts: RecordCounts(), batches: [])
    var bytes: [UInt8] = []
    var used = 0
    var isEnd = false
    func take() {
      if !reader.batch.records.isEmpty || !reader.batch.rejects.isEmpty { head.batches.append(reader.batch) }
    }
    let needsHead = feed.dialect.hasHeader || feed.dialect.skippedLineCount > 0
    while !isEnd, needsHead ? !(reader.isBehindHeader && reader.isBetweenRecords) : bytes.count < 3 {
      // Line by line, so that nothing behind the header is read here.
      if needsHead, let lineFeed = bytes[used...].firstIndex(of: 0x0A) {
        reader.push(Array(bytes[used...lineFeed]))
        used = lineFeed + 1
        take()
        continue
      }
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: 64 << 10))
      let count = try bytes.withUnsafeMutableBytes {
        try archive.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
      }
      bytes.removeSubrange((start + count)...)
      isEnd = count == 0
      if start == 0, count > 1, TextEncoding.mark(bytes[0], bytes[1]) != nil { throw Unsuited.isWide }
    }
    if needsHead {
      if isEnd, !(reader.isBehindHeader && reader.isBetweenRecords) {
        reader.push(Array(bytes[used...]))
        take()
        reader.finish()
        take()
        used = bytes.count
      }
      head.counts = reader.takeCounts()
      head.lineCount = reader.nextLine - 1
      if feed.dialect.hasHeader, head.counts.headerCount == 0 {
        throw FileRefusal("missing-column", "there is no header\(place)")
      }
    } else if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      used = 3
    }
    var layout = RecordLayout(feed)
    try layout.resolve(header: reader.header, place: place)
    self.head = head
    byteOffset = used
    carry = Array(bytes[used...])
    let firstLine = carry.prefix { $0 != 0x0A }
    let fieldCount = firstLine.reduce(1) { $0 + ($1 == feed.dialect.delimiter ? 1 : 0) }
    member = DeliveryChunk.Member(
      file: file, index: UInt32(found.index), name: name, layout: layout,
      fieldCount: layout.usualFieldCount(firstRecordFieldCount: fieldCount))
    isFirst = true
  }

  private func fill(_ member: DeliveryChunk.Member, _ archive: Archive) throws -> DeliveryChunk {
    let chunk = DeliveryChunk(
      member, sequence: sequence, byteOffset: byteOffset, isFirst: isFirst, headLineCount: head?.lineCount ?? 0,
      headCounts: head?.counts ?? RecordCounts(), headBatches: head?.batches ?? [],
      capacity: chunkByteCount + carry.count, pool: pool)
    head = nil
    isFirst = false
    chunk.room.copyBytes(from: carry)
    chunk.grow(by: carry.count)
    carry = []
    while chunk.room.count > 0 {
      let count = try archive.read(into: chunk.room)
      if count == 0 {
        chunk.end()
        self.member = nil
        break
      }
      chunk.grow(by: count)
    }
    if !chunk.isLast, let lineFeed = chunk.bytes.lastIndex(of: 0x0A) { carry = chunk.cut(at: lineFeed + 1) }
    byteOffset += chunk.count
    // Only now: a chunk that cannot be filled has no place.
    sequence += 1
    return chunk
  }
}
