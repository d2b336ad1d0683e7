import CSV
import Delivery
import Ledger

/// Reads a part of a delivery into chunks: all of it, or one member of a zip file.
///
/// Used by one thread at a time. Header and skipped lines are read here, since the chunks of a member can be parsed only
/// when it is known where the columns stand.
final class DeliverySource {
  /// What is read.
  enum Part {
    /// The whole file, member by member.
    case file
    /// A member, beside the others.
    case member(ZipMembers, index: Int)
  }

  /// Why a file cannot be read in chunks.
  enum Unsuited: Error {
    /// A member is written in UTF-16.
    case isWide
  }

  private enum Origin {
    case unopened
    case archive(Archive)
    case member(MemberReader)
    case closed
  }

  private let part: Part
  private let file: Int
  private let task: FileTask
  private let feed: Feed
  private let chunkByteCount: Int
  private let pool: ChunkMemory
  private var origin = Origin.unopened
  private var stream = SHA256Digest.Stream()
  /// Whether the feed wanted a member.
  private(set) var isAnyRead = false
  /// The members that it did not want.
  private(set) var unwanted = UnwantedMembers()
  // The member in progress.
  private var member: DeliveryChunk.Member?
  private var sequence = 0
  private var byteOffset = 0
  private var isFirst = false
  private var carry: [UInt8] = []
  private var head: Head?

  private struct Head {
    var lineCount: Int
    var counts: RecordCounts
    var batches: [RecordBatch]
  }

  /// Names the file by its index among all that are read; nothing is opened before the first chunk is asked for.
  init(_ part: Part, ofFile file: Int, _ task: FileTask, _ feed: Feed, chunkByteCount: Int, pool: ChunkMemory) {
    self.part = part
    self.file = file
    self.task = task
    self.feed = feed
    self.chunkByteCount = chunkByteCount
    self.pool = pool
  }

  /// The file's digest, where all of its bytes were read in their order.
  var digest: SHA256Digest? { stream.byteCount == task.stamp.byteCount ? stream.finish() : nil }

  /// The next chunk, or nil at the end of a part that proved good.
  func next() throws -> DeliveryChunk? {
    do {
      while true {
        if let member { return try fill(member) }
        guard let found = try nextMember() else { break }
        guard feed.wants(found) else {
          unwanted.add(found)
          continue
        }
        isAnyRead = true
        try readHead(found)
      }
    } catch {
      origin = .closed
      throw error
    }
    origin = .closed
    return nil
  }

  // MARK: - Members

  private func nextMember() throws(DeliveryError) -> Archive.Member? {
    switch (origin, part) {
    case (.unopened, .file):
      let archive = try Archive(path: task.file.path, limits: feed.limits.delivery) { [unowned self] in
        stream.update($0)
      }
      origin = .archive(archive)
      return try archive.nextMember()
    case (.unopened, .member(let zip, let index)):
      let reader = try zip.reader(ofMember: index)
      origin = .member(reader)
      return reader.member
    case (.archive(let archive), _): return try archive.nextMember()
    case (.member(let reader), _):
      // Its checksum counts even where nobody wants the content.
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
      defer { buffer.deallocate() }
      while try reader.read(into: buffer) > 0 {}
      return nil
    case (.closed, _): return nil
    }
  }

  private func read(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
    switch origin {
    case .archive(let archive): try archive.read(into: buffer)
    case .member(let reader): try reader.read(into: buffer)
    case .unopened, .closed: 0
    }
  }

  /// Reads up to the end of the header and the lines before it.
  private func readHead(_ found: Archive.Member) throws {
    let name = found.isWholeFile ? nil : found.name
    let place = name.map { " of member \($0)" } ?? ""
    let reader = RecordReader(feed.dialect)
    var head = Head(lineCount: 0, counts: RecordCounts(), batches: [])
    // What was read, and how much of it the reader has.
    var (bytes, used): ([UInt8], Int) = ([], 0)
    var (isBegun, isEnd) = (false, false)
    func take() {
      if !reader.batch.records.isEmpty || !reader.batch.rejects.isEmpty { head.batches.append(reader.batch) }
    }
    let needsHead = feed.dialect.hasHeader || feed.dialect.skippedLineCount > 0
    byteOffset = 0
    while !isEnd, needsHead ? !(reader.isBehindHeader && reader.isBehindLineEnd) : bytes.count < 3 {
      // Line by line, so that nothing behind the header is read here.
      if needsHead, let count = DeliverySource.lineByteCount(bytes[used...]) {
        reader.push(Array(bytes[used..<used + count]))
        used += count
        take()
        continue
      }
      bytes.removeSubrange(..<used)
      byteOffset += used
      used = 0
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: 64 << 10))
      let count = try bytes.withUnsafeMutableBytes {
        try read(into: UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
      }
      bytes.removeSubrange((start + count)...)
      isEnd = count == 0
      if !isBegun, count > 1, TextEncoding.mark(bytes[0], bytes[1]) != nil { throw Unsuited.isWide }
      isBegun = true
    }
    if needsHead {
      if isEnd, !(reader.isBehindHeader && reader.isBehindLineEnd) {
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
    self.head = head
    byteOffset += used
    carry = Array(bytes[used...])
    let firstLine = carry.prefix { $0 != 0x0A && $0 != 0x0D }
    let fieldCount = firstLine.reduce(1) { $0 + ($1 == feed.dialect.delimiter ? 1 : 0) }
    var own = DeliveryChunk.Member(
      file: file, index: UInt32(found.index), name: name, layout: RecordLayout(feed), fieldCount: .max)
    do throws(FileRefusal) {
      try own.layout.resolve(header: reader.header, place: place)
      own.fieldCount = own.layout.usualFieldCount(firstRecordFieldCount: fieldCount)
    } catch {
      // Whoever takes the first record finds it again. No line is plain, since none has so many fields.
      own.layout = RecordLayout(feed)
      own.header = reader.header
    }
    member = own
    isFirst = true
  }

  /// The number of bytes through the first line end, CR, LF or both; all of them where no line ends, since then no record
  /// does; nil where more must be read first to know.
  private static func lineByteCount(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let end = bytes.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
      return bytes.isEmpty ? nil : bytes.count
    }
    let count = end - bytes.startIndex
    if bytes[end] == 0x0A { return count + 1 }
    guard end + 1 < bytes.endIndex else { return count == 0 ? nil : count }
    return bytes[end + 1] == 0x0A ? count + 2 : count + 1
  }

  private func fill(_ member: DeliveryChunk.Member) throws -> DeliveryChunk {
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
      // Where the columns were not found, the first record decides, in front of whatever is wrong behind it.
      if member.header != nil, chunk.count > 0 { break }
      let count = try read(into: chunk.room)
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
