import CSV
import Ledger

// Reading a repaired row in place of what was delivered.
extension FileReading {
  /// Code of rejects that were repaired into no record, or more than one.
  private static let badRepairCode = "bad-repair"

  /// The repair of the record that begins at a place of the member in progress; nil for nearly every record.
  func repair(at recordByte: Int) -> Repair? {
    repairs.isEmpty ? nil : repairs[RowPlace(memberIndex: memberIndex, recordByte: delivered(recordByte))]
  }

  /// Reads the repaired bytes as the record of a place: its faults are told there, and what it says is known since the
  /// repair.
  mutating func take(
    _ repair: Repair, line: Int, recordByte: Int, _ seen: inout RecordKeySet
  ) throws(FileRefusal) {
    let recordByte = delivered(recordByte)
    let place = RowPlace(memberIndex: memberIndex, recordByte: recordByte)
    let source = feed.repairSource()
    // Offsets and encoding are those of the repair, which is UTF-8 whatever the member is.
    let reader = self.source
    self.source = source
    defer { self.source = reader }
    repair.bytes.withUnsafeBytes { source.push($0) }
    // A record ends with the end of the bytes; what ended before it is one too many.
    let isLonger = !source.batch.records.isEmpty || !source.batch.rejects.isEmpty
    source.finish()
    let batch = source.batch
    guard !isLonger, batch.rejects.isEmpty, batch.records.count == 1, var record = batch.records.first,
      record.byteOffset == 0
    else {
      result.fates[place] = .rejected(code: FileReading.badRepairCode)
      return try add(
        RejectRow(
          memberIndex: memberIndex, member: member, line: Int64(line), recordByte: recordByte,
          errorByte: recordByte, columnIndex: nil, column: nil, code: FileReading.badRepairCode,
          expected: "one record", message: "the repaired row is not one record", bytes: repair.bytes), isLate: false)
    }
    record.line = line
    knownNight = max(context.night, repair.night)
    defer { knownNight = context.night }
    let rejectCount = result.rejects.count
    let before = RowCounts(result.intake)
    let tracedCount = trace?.entries.count ?? 0
    defer { trace?.markRepaired(from: tracedCount, byte: recordByte) }
    try batch.bytes.withUnsafeBufferPointer { (bytes) throws(FileRefusal) in
      try takeRow(record, of: batch, bytes, &seen)
    }
    if result.rejects.count > rejectCount {
      // The repaired record stands alone, so its own offsets begin at zero.
      result.rejects[rejectCount].recordByte += recordByte
      result.rejects[rejectCount].errorByte += recordByte
      result.fates[place] = .rejected(code: result.rejects[rejectCount].code)
    } else {
      let change = RowCounts(result.intake) - before
      result.fates[place] = change.accepted > 0 ? .accepted : change.duplicate > 0 ? .duplicate : .leftOut
    }
  }
}

extension Feed {
  /// A reader of one repaired record: there is no header before it, and nothing is skipped or a comment.
  fileprivate func repairSource() -> any RecordSource {
    guard format == .csv else { return recordReader() }
    var plain = dialect
    plain.hasHeader = false
    plain.skippedLineCount = 0
    plain.comment = nil
    return textForm.isQuoted
      ? RecordReader(plain, limits: limits.records()) : UnquotedRecordReader(plain, limits: limits.records())
  }
}
