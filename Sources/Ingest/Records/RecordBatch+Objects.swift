import CSV

extension RecordBatch {
  /// Adds a JSON object as a record whose field s is the value at path s, or as a reject where it is none.
  ///
  /// - Parameters:
  ///   - bytes: The object as delivered.
  ///   - paths: Paths of keys.
  ///   - line: The line on which it starts.
  ///   - offset: The offset of its first byte within the member.
  ///   - byteCount: What is given up with it, should it be a reject.
  ///   - counts: Where it is counted.
  mutating func append(
    object bytes: [UInt8], paths: [[[UInt8]]], line: Int, offset: Int, byteCount: Int, counts: inout RecordCounts
  ) {
    var scanner = JSONScanner(bytes: bytes, paths: paths)
    do throws(JSONScanner.Fault) {
      try scanner.scan()
    } catch {
      return reject(
        error.code, line: line, offset: offset, errorAt: offset + error.position, byteCount: byteCount, bytes, &counts)
    }
    records.append(
      RecordPosition(
        firstField: fieldEnds.count, fieldCount: paths.count, line: line, byteOffset: offset, byteCount: bytes.count))
    for value in scanner.values {
      self.bytes.append(contentsOf: value)
      fieldEnds.append(self.bytes.count)
    }
    counts.recordCount += 1
  }

  /// Adds a reject and counts it.
  mutating func reject(
    _ code: String, line: Int, offset: Int, errorAt: Int, byteCount: Int, _ bytes: [UInt8], _ counts: inout RecordCounts
  ) {
    rejects.append(
      Reject(
        code: .init(rawValue: code), line: line, recordByte: offset, errorByte: errorAt, byteCount: byteCount,
        delivered: bytes))
    counts.rejectCount += 1
  }
}
