import CSV
import Calendar

// Reading a kept delivery to find records, not to make facts.
extension FileReading {
  /// Gives a row that became a fact to the trace; false where its record key belongs to another record.
  mutating func trace(
    _ record: RecordPosition, of batch: RecordBatch, _ key: UInt64?, _ owner: Int64, _ day: Day, _ known: Int32,
    _ part: SessionPart?
  ) -> Bool {
    guard trace?.counts(key) == true else { return false }
    let lineEnds = batch.delivered(record).count { $0 == 0x0A }
    var found = DeliveryRecord(
      member: member, line: Int64(record.line), lastLine: Int64(record.line + lineEnds),
      byte: delivered(record.byteOffset))
    var own: SessionPart?
    if var part {
      (part.day, part.known, part.owner) = (day.rawValue, known, owner)
      sessions?.complete(&part, decoder.row, measureValues)
      own = part
    } else if measures != nil {
      found.measures = measureValues
    }
    let isUse = measures != nil
    trace?.take(
      RecordTrace.Entry(
        record: found, owner: owner, day: day.rawValue, known: known, part: own,
        counterparty: isUse ? decoder.row[fields.counterparty] : nil, cell: isUse ? decoder.row[fields.cell] : nil),
      decoder.row, delivery: result.delivery)
    return true
  }
}
