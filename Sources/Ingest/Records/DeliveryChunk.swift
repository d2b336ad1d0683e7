import CSV

/// A stretch of a member's bytes, with padding on both sides, that ends with a line end unless it is the member's last.
///
/// Filled by the thread that reads, then only looked at.
final class DeliveryChunk: @unchecked Sendable {
  /// What the chunks of a member share.
  struct Member: Sendable {
    /// Index among the files that are read.
    var file: Int
    /// Number of the archive member, from 0, and its name; nil for a file that is no archive.
    var index: UInt32
    var name: String?
    /// Where the feed's sources stand.
    var layout: RecordLayout
    /// The header, where they do not stand in it, which refuses the file as soon as there is a record.
    var header: [[UInt8]]?
    /// The number of fields of a plain line.
    var fieldCount: Int
  }

  let member: Member
  /// The place among the chunks of what is read in one go.
  let sequence: Int
  /// The offset of the first byte within the member.
  let byteOffset: Int
  let isFirst: Bool
  private(set) var isLast = false
  /// Lines in front of a first chunk, and what became of them.
  let headLineCount: Int
  let headCounts: RecordCounts
  let headBatches: [RecordBatch]
  private let memory: UnsafeMutableRawBufferPointer
  private let pool: ChunkMemory
  private let capacity: Int
  private(set) var count = 0

  init(
    _ member: Member, sequence: Int, byteOffset: Int, isFirst: Bool, headLineCount: Int = 0,
    headCounts: RecordCounts = RecordCounts(), headBatches: [RecordBatch] = [], capacity: Int, pool: ChunkMemory
  ) {
    self.member = member
    self.sequence = sequence
    self.byteOffset = byteOffset
    self.isFirst = isFirst
    self.headLineCount = headLineCount
    self.headCounts = headCounts
    self.headBatches = headBatches
    self.pool = pool
    self.capacity = capacity
    memory = pool.take(byteCount: capacity + 2 * LineReader.padding)
  }

  deinit { pool.give(back: memory) }

  /// The bytes.
  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: memory[LineReader.padding..<LineReader.padding + count])
  }

  /// Room behind the bytes.
  var room: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: memory[(LineReader.padding + count)..<(LineReader.padding + capacity)])
  }

  /// Counts bytes that were written into `room`.
  func grow(by added: Int) { count += added }

  /// Cuts the chunk and returns a copy of what is behind.
  func cut(at end: Int) -> [UInt8] {
    defer { count = end }
    return Array(bytes[end...])
  }

  /// Says that the member ends with the chunk.
  func end() { isLast = true }
}
