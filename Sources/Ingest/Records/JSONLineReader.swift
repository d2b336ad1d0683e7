package import CSV

/// Reads NDJSON: one object a line, the values at some paths of keys.
///
/// Hands out the same batches as `RecordReader`: field s of a record is the value at path s, its text without quotes and
/// escapes; `null` and what is absent are empty. Strict (RFC 8259): a line that is no object, repeats a key, or has an
/// object or list at a wanted path is a reject; its neighbours stay. Lines end with LF or CRLF.
package final class JSONLineReader {
  private let paths: [[[UInt8]]]
  private let limits: RecordLimits
  private var pending: [UInt8] = []
  private var pendingOffset = 0
  private var line = 1
  private var isAtStart = true
  /// A line over the limit that is being skipped: its start and what of it is kept for the rejects.
  private var oversized: (line: Int, offset: Int, head: [UInt8])?

  /// What the last `push` or `finish` completed.
  package private(set) var batch = RecordBatch()
  /// What became of the input so far.
  package private(set) var counts = RecordCounts()

  /// Makes a reader of the values at `paths`.
  package init(paths: [[[UInt8]]], limits: RecordLimits = RecordLimits()) {
    self.paths = paths
    self.limits = limits
  }

  /// Reads the next bytes of the member.
  package func push(_ chunk: UnsafeRawBufferPointer) {
    startBatch()
    pending.append(contentsOf: chunk)
    if isAtStart, pending.count >= 3 {
      isAtStart = false
      if pending.starts(with: [0xEF, 0xBB, 0xBF]) { consume(3) }
    }
    if !isAtStart { readLines(isEnd: false) }
  }

  /// Ends the member.
  package func finish() {
    startBatch()
    readLines(isEnd: true)
  }

  private func startBatch() {
    batch = RecordBatch()
  }

  private func consume(_ count: Int) {
    pending.removeFirst(count)
    pendingOffset += count
  }

  private func readLines(isEnd: Bool) {
    var start = 0
    while start < pending.count {
      let end = pending[start...].firstIndex(of: 0x0A)
      guard let end else {
        if isEnd {
          take(start..<pending.count, terminatorByteCount: 0)
          start = pending.count
        } else if oversized != nil || pending.count - start > limits.maximumRecordByteCount {
          // Only the beginning of a line over the limit is kept.
          if oversized == nil {
            let head = Array(pending[start..<start + limits.maximumRecordByteCount])
            oversized = (line, pendingOffset + start, head)
          }
          start = pending.count
        }
        break
      }
      take(start..<end, terminatorByteCount: 1)
      start = end + 1
      line += 1
    }
    batch.window = pending
    batch.windowOffset = pendingOffset
    consume(start)
    if isEnd { endOversized(through: pendingOffset) }
  }

  private func endOversized(through offset: Int) {
    guard let line = oversized else { return }
    oversized = nil
    batch.reject(
      Reject.Code.recordTooLong.rawValue, line: line.line, offset: line.offset,
      errorAt: line.offset + limits.maximumRecordByteCount, byteCount: offset - line.offset, line.head, &counts)
  }

  private func take(_ range: Range<Int>, terminatorByteCount: Int) {
    if oversized != nil { return endOversized(through: pendingOffset + range.upperBound + terminatorByteCount) }
    var end = range.upperBound
    if end > range.lowerBound, pending[end - 1] == 0x0D { end -= 1 }
    let bytes = pending[range.lowerBound..<end]
    if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
      if terminatorByteCount > 0 || !range.isEmpty { counts.blankCount += 1 }
      return
    }
    let offset = pendingOffset + range.lowerBound
    let byteCount = range.count + terminatorByteCount
    guard bytes.count <= limits.maximumRecordByteCount else {
      return batch.reject(
        Reject.Code.recordTooLong.rawValue, line: line, offset: offset, errorAt: offset + limits.maximumRecordByteCount,
        byteCount: byteCount, Array(bytes.prefix(limits.maximumRecordByteCount)), &counts)
    }
    batch.append(
      object: Array(bytes), paths: paths, line: line, offset: offset, byteCount: byteCount, counts: &counts)
  }
}
