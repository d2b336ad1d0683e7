package import CSV

/// Reads one JSON document that holds a list of objects somewhere: `{"tickets": [{…}, {…}], "count": 2}`.
///
/// Each object of the list is a record, as a line of NDJSON is one: same values, same strictness. An object that cannot be
/// taken is a reject and its neighbours stay, as long as its brackets match; a document that is broken, or has no list
/// at the path, is a fault of the whole member. Memory is bounded by the record limit, wherever the document is long.
package final class JSONDocumentReader {
  private let paths: [[[UInt8]]]
  private let limits: RecordLimits
  private var scanner: JSONDocumentScanner
  /// Bytes as delivered from the element in progress on.
  private var window: [UInt8] = []
  private var windowOffset = 0
  /// The offset and the line of the next byte.
  private var offset = 0
  private var line = 1
  /// The element in progress: where it starts, and its head once it is over the limit.
  private var element: (offset: Int, line: Int, head: [UInt8]?)?
  /// What may be a byte-order mark, until it is decided.
  private var mark: [UInt8]? = []

  /// What the last `push` or `finish` completed.
  package private(set) var batch = RecordBatch()
  /// What became of the input so far.
  package private(set) var counts = RecordCounts()
  /// Why the member is no such document, once that is known.
  package private(set) var fault: DocumentFault?

  /// Makes a reader of the values at `paths` in each object of the list at the path `list`.
  package init(paths: [[[UInt8]]], list: [[UInt8]], limits: RecordLimits = RecordLimits()) {
    self.paths = paths
    self.limits = limits
    scanner = JSONDocumentScanner(path: list)
  }

  /// Reads the next bytes of the member.
  package func push(_ chunk: UnsafeRawBufferPointer) {
    startBatch()
    guard fault == nil else { return }
    guard var head = mark else { return read(chunk) }
    head.append(contentsOf: chunk)
    mark = head
    if head.count >= JSONDocumentReader.byteOrderMark.count { decideMark() }
  }

  /// Ends the member.
  package func finish() {
    startBatch()
    guard fault == nil else { return }
    if mark != nil { decideMark() }
    guard fault == nil else { return }
    do throws(JSONDocumentScanner.Fault) { try scanner.finish() } catch { stop(error) }
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private func decideMark() {
    guard var head = mark else { return }
    mark = nil
    if head.starts(with: JSONDocumentReader.byteOrderMark) {
      head.removeFirst(JSONDocumentReader.byteOrderMark.count)
      offset += JSONDocumentReader.byteOrderMark.count
      windowOffset = offset
    }
    head.withUnsafeBytes { read($0) }
  }

  private func startBatch() {
    batch = RecordBatch()
    // Only the bytes of the element in progress are still needed, and none of them once it is over the limit.
    if let element, element.head == nil {
      window.removeFirst(element.offset - windowOffset)
      windowOffset = element.offset
    } else {
      window.removeAll()
      windowOffset = offset
    }
  }

  private func read(_ chunk: UnsafeRawBufferPointer) {
    window.append(contentsOf: chunk)
    for byte in chunk {
      let event: JSONDocumentScanner.Event
      do throws(JSONDocumentScanner.Fault) { event = try scanner.step(byte) } catch { return stop(error) }
      switch event {
      case .none: break
      case .elementStarts: element = (offset, line, nil)
      case .elementEnds: endElement(at: offset + 1)
      case .elementEndedBefore: endElement(at: offset)
      }
      offset += 1
      if byte == 0x0A { line += 1 }
    }
    if let element, element.head == nil, offset - element.offset > limits.maximumRecordByteCount {
      self.element?.head = head(of: element.offset)
    }
    batch.window = window
    batch.windowOffset = windowOffset
  }

  private func head(of start: Int) -> [UInt8] {
    Array(window[(start - windowOffset)...].prefix(limits.maximumRecordByteCount))
  }

  private func endElement(at end: Int) {
    guard let element else { return }
    self.element = nil
    let byteCount = end - element.offset
    guard byteCount <= limits.maximumRecordByteCount else {
      return batch.reject(
        Reject.Code.recordTooLong.rawValue, line: element.line, offset: element.offset,
        errorAt: element.offset + limits.maximumRecordByteCount, byteCount: byteCount,
        element.head ?? head(of: element.offset), &counts)
    }
    let start = element.offset - windowOffset
    batch.append(
      object: Array(window[start..<start + byteCount]), paths: paths, line: element.line, offset: element.offset,
      byteCount: byteCount, counts: &counts)
  }

  private func stop(_ fault: JSONDocumentScanner.Fault) {
    self.fault = DocumentFault(line: line, byte: offset, message: fault.message)
    batch.window = window
    batch.windowOffset = windowOffset
    element = nil
  }
}
