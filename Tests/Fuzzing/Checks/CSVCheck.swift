import CSV

/// The record reader: any bytes, any dialect, small limits, cut anywhere.
///
/// Input: one byte of dialect, one of limits, one number of cuts n, n bytes of places, then the member.
enum CSVCheck {
  private struct Reading: Equatable {
    struct Record: Equatable {
      var position: RecordPosition
      var fields: [[UInt8]]
      var delivered: [UInt8]
    }

    var records: [Record] = []
    var rejects: [Reject] = []
    var counts = RecordCounts()
    var header: [[UInt8]]?

    init(_ chunks: [ArraySlice<UInt8>], _ dialect: Dialect, _ limits: RecordLimits) {
      let reader = RecordReader(dialect, limits: limits)
      for chunk in chunks {
        chunk.withUnsafeBytes { reader.push($0) }
        take(reader)
      }
      reader.finish()
      take(reader)
      counts = reader.counts
      header = reader.header
    }

    private mutating func take(_ reader: RecordReader) {
      let batch = reader.batch
      for record in batch.records {
        var position = record
        // Where its fields lie in the batch depends on the cut.
        position.firstField = 0
        records.append(
          Record(
            position: position, fields: (0..<record.fieldCount).map { Array(batch.field(record, $0)) },
            delivered: Array(batch.delivered(record))))
      }
      rejects += batch.rejects
    }
  }

  static func run(_ bytes: [UInt8]) {
    guard bytes.count >= 3 else { return }
    let (dialect, limits) = settings(bytes[0], bytes[1])
    let cutCount = min(Int(bytes[2] % 8), bytes.count - 3)
    let input = Array(bytes[(3 + cutCount)...])
    let whole = Reading([input[...]], dialect, limits)
    let places = bytes[3..<3 + cutCount].map { input.isEmpty ? 0 : Int($0) * (input.count + 1) / 256 }.sorted()
    var chunks: [ArraySlice<UInt8>] = []
    var start = 0
    for place in places + [input.count] {
      chunks.append(input[start..<place])
      start = place
    }
    precondition(Reading(chunks, dialect, limits) == whole, "a cut changes what is read")
    if input.count <= 64 {
      precondition(Reading(input.indices.map { input[$0...$0] }, dialect, limits) == whole, "single bytes read alike")
    }
    check(whole, input, limits)
  }

  static func settings(_ first: UInt8, _ second: UInt8) -> (Dialect, RecordLimits) {
    let delimiters: [UInt8] = [0x2C, 0x3B, 0x09, 0x7C, 0x20, 0x00]
    let dialect = Dialect(
      delimiter: delimiters[Int(first % 6)], quote: first & 0x20 == 0 ? 0x22 : 0x27, hasHeader: first & 0x40 != 0,
      skippedLineCount: first & 0x80 == 0 ? 0 : 2, comment: second & 0x80 == 0 ? nil : 0x23)
    let limits =
      second & 0x40 == 0
      ? RecordLimits()
      : RecordLimits(maximumFieldByteCount: 1 + Int(second & 7), maximumRecordByteCount: 4 + Int(second >> 3 & 7) * 6)
    return (dialect, limits)
  }

  /// What holds of one reading by itself: records and rejects are apart, in order, and bytes of the input.
  private static func check(_ reading: Reading, _ input: [UInt8], _ limits: RecordLimits) {
    precondition(reading.counts.recordCount == reading.records.count, "records are counted")
    precondition(reading.counts.rejectCount == reading.rejects.count, "rejects are counted")
    var stretches: [(start: Int, end: Int)] = []
    for record in reading.records {
      let (start, count) = (record.position.byteOffset, record.position.byteCount)
      precondition(Array(input[start..<start + count]) == record.delivered, "a record is bytes of the input")
      precondition(record.fields.allSatisfy { $0.count <= limits.maximumFieldByteCount }, "fields keep their limit")
      precondition(count <= limits.maximumRecordByteCount, "records keep their limit")
      stretches.append((start, start + count))
    }
    for reject in reading.rejects {
      let end = reject.recordByte + reject.byteCount
      precondition(reject.recordByte < end && end <= input.count, "a reject gives up bytes of the input")
      precondition(reject.errorByte >= reject.recordByte && reject.errorByte <= input.count, "an error has a place")
      precondition(input[reject.recordByte..<end].starts(with: reject.delivered), "a reject shows what it gives up")
      stretches.append((reject.recordByte, end))
    }
    stretches.sort { $0 < $1 }
    for (before, after) in zip(stretches, stretches.dropFirst()) {
      precondition(before.end <= after.start, "no byte is read twice")
    }
  }
}
