import CSV
import Calendar
import Columns
import Delivery
import Ledger
import Parallelism
import Randomness
import Vault

/// What every file of a night is read with.
struct NightContext: Sendable {
  let night: Day
  let key: PseudonymKey
  let book: NumberBook
  /// Rows that were repaired: they are read in place of what was delivered.
  var repairs = Repairs()
  /// Numbers that stand for subscriptions of their own.
  let learned: LearnedNumbers
  /// Where usage rows wait for the fold.
  let spill: UsageSpill
  /// The most that the rejects of a file may weigh (`RejectRow.weight`); beyond, something else is wrong.
  var rejectLimit = 1_000_000
  /// Told of each file when its reading begins: a test changes it then.
  var whenBegun: @Sendable (DeliveredFile) -> Void = { _ in }
}

/// Reads one delivered file: members → records → typed rows → facts in the making.
///
/// This is the row's path. A row is decoded, dated, given its owner, checked against window and record keys, and added;
/// the first thing that is wrong makes it a reject, and its neighbours never notice.
struct FileReading: ~Copyable {
  let feed: Feed
  let task: FileTask
  let context: NightContext
  private(set) var decoder: RowDecoder
  let measures: UsageMeasures?
  var measureValues = [Int64](repeating: 0, count: UsageMeasureBytes.measureCount)
  /// What the measures of its accepted rows add up to.
  var amounts: AmountSum
  var builder = UsageChunkBuilder()
  private let keyHash: SipHash
  private var keyBytes: [UInt8] = []
  let fields: RowFields
  let sessions: SessionReading?
  private var sequence: SequenceReading?
  private let earliest: Int32
  private let latest: Int32
  /// The repaired rows of this file.
  let repairs: [RowPlace: Repair]
  /// The night by which a row is known at the latest.
  var knownNight: Day
  var result: FileResult
  /// Whether record keys go with the rows, to be compared when all files of the night are read.
  var defersKeys = false
  /// Where it is only asked which records made facts: rows that count go here and nowhere else.
  var trace: RecordTrace?

  // The member in progress.
  var memberIndex: UInt32 = 0
  var member: String?
  var layout: RecordLayout
  /// The header of a member that is read in chunks, where the columns were not found in it.
  var header: [[UInt8]]?
  private var ranges: [Range<Int>]
  /// The reader of the member's records.
  var source: (any RecordSource)?
  private var totals: TrailerTotals?
  private var unwanted = UnwantedMembers()
  /// Rows of the header that are still to be skipped: all but the one with the names.
  private var headerLinesLeft = 0

  /// Bytes read at once: a few hundred rows stay in the cache with their fields.
  private static let chunkByteCount = 256 << 10

  init(_ task: FileTask, feed: Feed, context: NightContext) {
    self.feed = feed
    self.task = task
    self.context = context
    decoder = RowDecoder(feed, key: context.key)
    measures = UsageMeasures(feed)
    amounts = AmountSum(feed.kind)
    keyHash = context.key.recordKeyHash
    fields = RowFields(feed.kind)
    sessions = SessionReading(feed, fields, hash: keyHash)
    sequence = SequenceReading(feed)
    earliest = feed.lateDays.map { context.night.rawValue - Int32($0) } ?? .min
    latest = feed.kind.isTimeless ? .max : context.night.rawValue
    repairs = task.sha256.flatMap { context.repairs.byDelivery[$0] } ?? [:]
    knownNight = context.night
    layout = RecordLayout(feed)
    ranges = Array(repeating: 0..<0, count: feed.sources.count)
    result = FileResult(task, of: feed)
    result.intake.superseded = task.superseded
    if feed.kind == .usageDaily { result.intake.measureSum = 0 }
    result.facts = FactLayout(feed.kind).map { FactRows($0) }
  }

  /// Reads the whole file; keys that it adds to `seen` are listed in the result. Throws a `FileRefusal` where the file is
  /// refused, and an `IngestError` where the night cannot go on.
  mutating func read(seen: inout RecordKeySet) throws {
    try FileReading.checkDate(feed, task.file.name)
    context.whenBegun(task.file)
    let isAnyRead: Bool
    do {
      isAnyRead = try readMembers(&seen)
    } catch { throw FileReading.refusal(error) }
    result.numbers = try numbers()
    guard isAnyRead else { throw unwanted.refusal(feed) }
    result.cover(feed, night: context.night)
    try FileReading.checkThreshold(result, feed)
  }

  /// What an error of reading means for the file: a refusal, unless the night itself cannot go on.
  static func refusal(_ error: any Error) -> any Error {
    switch error {
    case let refusal as FileRefusal: refusal
    case let error as IngestError: error
    case let error as DeliveryError:
      FileRefusal(error.code.rawValue, error.member.map { "member \($0): \(error.message)" } ?? error.message)
    default: FileRefusal("unreadable", "the file cannot be read")
    }
  }

  /// Throws where a calendar that reads the day off the file's name finds none.
  static func checkDate(_ feed: Feed, _ name: String) throws(FileRefusal) {
    if case .fileName = feed.calendar.cover, feed.calendar.coveredDays(fileName: name, rowDays: []).isEmpty {
      throw FileRefusal("no-date", "the calendar's pattern finds no day in the file's name")
    }
  }

  /// Hands the gathered usage rows over in chunks.
  private mutating func seal() throws(IngestError) {
    for chunk in builder.takeChunks() { result.add(try context.spill.keep(chunk)) }
  }

  /// Reads the members that the feed wants; false where there is none.
  private mutating func readMembers(_ seen: inout RecordKeySet) throws -> Bool {
    var isAnyRead = false
    let archive = try Archive(path: task.file.path, limits: feed.limits.delivery)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: FileReading.chunkByteCount, alignment: 64)
    defer { buffer.deallocate() }
    while let found = try archive.nextMember() {
      guard feed.wants(found) else {
        unwanted.add(found)
        continue
      }
      isAnyRead = true
      member = found.isWholeFile ? nil : found.name
      memberIndex = UInt32(found.index)
      var count = try archive.readBeginning(into: buffer)
      let source = try feed.recordSource(beginning: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      beginMember(source)
      while count > 0 {
        source.push(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        try consume(source, &seen)
        if builder.hasClosedChunks { try seal() }
        count = try archive.read(into: buffer)
      }
      source.finish()
      try consume(source, &seen)
      try seal()
      try endMember(source)
    }
    return isAnyRead
  }

  /// The numbers of the feed's sequence that the file has.
  private func numbers() throws(FileRefusal) -> [String: NumberRuns] {
    guard case .fileName(let pattern) = feed.sequence?.place else { return sequence?.runs ?? [:] }
    guard let (source, number) = SequenceRule.number(in: task.file.name, pattern: pattern) else {
      throw FileRefusal("no-number", "the sequence's pattern finds no number in the file's name")
    }
    return [source: NumberRuns([number...number])]
  }

  /// Throws where more rows were rejected than the feed allows.
  static func checkThreshold(_ result: FileResult, _ feed: Feed) throws(FileRefusal) {
    if !result.task.isTakenBefore, result.exceeds(feed.rejectThreshold) {
      throw FileRefusal(
        "too-many-rejects",
        "\(result.intake.rejectedCount) rows were rejected, more than the threshold of \(feed.rejectThreshold) allows; "
          + "the first at \(result.firstReject)")
    }
  }

  // MARK: - Members

  private mutating func beginMember(_ source: any RecordSource) {
    self.source = source
    layout = RecordLayout(feed)
    totals = feed.trailer.map { TrailerTotals($0) }
    headerLinesLeft = feed.textForm.headerLineCount - 1
  }

  private mutating func endMember(_ source: any RecordSource) throws(FileRefusal) {
    let counts = source.counts
    if feed.format == .csv, feed.dialect.hasHeader, counts.headerCount == 0 {
      throw FileRefusal("missing-column", "there is no header\(place)")
    }
    if let totals, !totals.isSeen {
      throw FileRefusal("missing-trailer", "the trailer is missing\(place): the delivery may be cut")
    }
    // Repaired rows say more than what was delivered.
    if let totals, repairs.isEmpty { result.doubts += totals.doubts }
    result.intake.readCount += Int64(counts.sum)
    result.intake.blankCount += Int64(counts.blankCount)
    result.intake.commentCount += Int64(counts.commentCount)
    result.intake.headerCount += Int64(counts.headerCount + counts.skippedCount)
    if let member { result.endMember(member) }
  }

  private var place: String { member.map { " of member \($0)" } ?? "" }

  // MARK: - Records

  private mutating func consume(_ source: any RecordSource, _ seen: inout RecordKeySet) throws(FileRefusal) {
    repeat { try consume(source.batch, source.header, &seen) } while source.advance()
    if let fault = source.fault {
      throw FileRefusal("bad-document", "line \(fault.line)\(place), byte \(fault.byte): \(fault.message)")
    }
  }

  mutating func consume(
    _ batch: RecordBatch, _ header: [[UInt8]]?, _ seen: inout RecordKeySet
  ) throws(FileRefusal) {
    if !batch.records.isEmpty, !layout.isResolved { try layout.resolve(header: header, place: place) }
    for reject in batch.rejects {
      totals?.countRow(line: reject.line)
      if let repair = repair(at: reject.recordByte) {
        if !layout.isResolved { try layout.resolve(header: header, place: place) }
        try take(repair, line: reject.line, recordByte: reject.recordByte, &seen)
        continue
      }
      try add(
        RejectRow(
          memberIndex: memberIndex, member: member, line: Int64(reject.line), recordByte: delivered(reject.recordByte),
          errorByte: delivered(reject.errorByte), columnIndex: nil, column: nil, code: reject.code.rawValue,
          expected: nil,
          message: "the record cannot be read", bytes: reject.delivered), isLate: false)
    }
    try batch.bytes.withUnsafeBufferPointer { (bytes) throws(FileRefusal) in
      for record in batch.records { try take(record, of: batch, bytes, &seen) }
    }
  }

  private mutating func take(
    _ record: RecordPosition, of batch: RecordBatch, _ bytes: UnsafeBufferPointer<UInt8>, _ seen: inout RecordKeySet
  ) throws(FileRefusal) {
    if headerLinesLeft > 0 {
      headerLinesLeft -= 1
      result.intake.headerCount += 1
      return
    }
    if totals != nil, try isTrailer(record, of: batch, bytes) {
      result.intake.trailerCount += 1
      return
    }
    if let repair = repair(at: record.byteOffset) {
      return try take(repair, line: record.line, recordByte: record.byteOffset, &seen)
    }
    try takeRow(record, of: batch, bytes, &seen)
  }

  /// Whether a record is the member's trailer, which must say what the rows did as they were delivered, without repairs.
  private mutating func isTrailer(
    _ record: RecordPosition, of batch: RecordBatch, _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(FileRefusal) -> Bool {
    let place = self.place
    do throws(FileRefusal) { return try totals?.take(record, of: batch, bytes, feed, place: place) == true } catch {
      guard error.code == "control-total", !repairs.isEmpty else { throw error }
      return true
    }
  }

  /// Decodes a row and adds it to the facts, or to the rejects.
  mutating func takeRow(
    _ record: RecordPosition, of batch: RecordBatch, _ bytes: UnsafeBufferPointer<UInt8>, _ seen: inout RecordKeySet
  ) throws(FileRefusal) {
    if layout.awaitsWidth { try layout.choose(fieldCount: record.fieldCount, place: place) }
    do throws(RowFault) {
      try layout.locate(record, of: batch, into: &ranges)
      try sequence?.take(bytes, ranges)
      if totals != nil { totals?.add(bytes, ranges, line: record.line) }
      if !feed.leftOut.isEmpty, feed.leftOut.contains(where: { $0.matches(bytes, ranges) }) {
        result.intake.commentCount += 1
        return
      }
      try source?.checkEncoding(of: record, in: batch)
      try decoder.decode(bytes, ranges)
      if try add(record, of: batch, bytes, &seen) {
        result.intake.acceptedCount += 1
      } else {
        result.intake.duplicateCount += 1
      }
    } catch {
      if let unowned = error.unowned {
        result.unowned.append(
          UnownedNumber(number: unowned.number, instant: unowned.instant, delivery: result.delivery))
      }
      try add(reject(record, of: batch, error), isLate: error.code == RowFault.outOfWindowCode)
    }
    if sequence?.isOverLimit == true {
      throw FileRefusal(
        "too-many-counters", "the sequence has more than \(SequenceRule.sourceLimit) counters; is 'by' right?")
    }
  }

  /// The offset as delivered of an offset that a batch gives.
  func delivered(_ offset: Int) -> Int64 { Int64(source?.deliveredOffset(of: offset) ?? offset) }

  private func reject(_ record: RecordPosition, of batch: RecordBatch, _ fault: RowFault) -> RejectRow {
    let bytes = Array(batch.delivered(record))
    let position = fault.source.flatMap { layout.position(ofSource: $0) }
    let index = fault.byteInRecord ?? fault.source.map { layout.offset(ofSource: $0, in: bytes) } ?? 0
    return RejectRow(
      memberIndex: memberIndex, member: member, line: Int64(record.line), recordByte: delivered(record.byteOffset),
      errorByte: delivered(record.byteOffset + index),
      columnIndex: position.map { Int32($0 + 1) }, column: fault.source.map { feed.sources[$0].text }, code: fault.code,
      expected: fault.expected, message: fault.message, bytes: bytes,
      ageDays: fault.ageDays)
  }

  mutating func add(_ reject: RejectRow, isLate: Bool) throws(FileRefusal) {
    if isLate { result.intake.outOfWindowCount += 1 } else { result.intake.rejectedCount += 1 }
    var reject = reject
    reject.cut()
    // What an earlier night took stays taken.
    guard task.isTakenBefore || result.rejectWeight + reject.weight <= context.rejectLimit else {
      throw FileRefusal(tooManyRejects: context.rejectLimit)
    }
    result.add(reject)
  }

  // MARK: - Rows

  /// Adds the decoded row to the facts; false where its record key was seen before.
  private mutating func add(
    _ record: RecordPosition, of batch: RecordBatch, _ bytes: UnsafeBufferPointer<UInt8>, _ seen: inout RecordKeySet
  ) throws(RowFault) -> Bool {
    try fields.checkPeriods(decoder.row)
    let local = decoder.row.localSeconds[fields.event]
    let day = Day(ofSeconds: local)
    guard day.rawValue >= earliest, day.rawValue <= latest else {
      var fault = RowFault(
        RowFault.outOfWindowCode, source: decoder.source(ofField: fields.event),
        expected: "at most \(feed.lateDays ?? 0) days before the night, and not after it",
        "the event is too old or lies after the night")
      fault.ageDays = context.night.rawValue - day.rawValue
      throw fault
    }
    if let served = feed.served {
      let instant = decoder.row.values[fields.event].quotientFloored(by: 1_000_000)
      do throws(RowFault) {
        try served.apply(
          to: &decoder.row, phoneNumbers: feed.phoneNumbers, book: context.book, at: instant,
          sources: (decoder.source(ofField: served.caller), decoder.source(ofField: served.called)))
      } catch {
        if case .numbers = served.evidence { rememberUnowned([served.caller, served.called], at: instant) }
        throw error
      }
    }
    let owner = try owner(day: day)
    let known = try knownDay(bytes)
    let part = try sessions?.part(decoder.row, bytes, ranges)
    if let measures {
      let hour = (local - Int64(day.rawValue) * 86_400) / 3_600
      measures.fill(&measureValues, from: decoder.row, hour: hour)
      try checkAmounts()
    }
    let key = feed.recordKey.map { hash($0, bytes) }
    if trace != nil { return trace(record, of: batch, key, owner, day, known, part) }
    if let key, !defersKeys {
      guard seen.insert(key) else { return false }
      result.add(newKey: key)
    }
    if measures != nil {
      addAmounts()
      let date = UsageDate(day: day.rawValue, known: known)
      let (party, cell) = (decoder.row[fields.counterparty], decoder.row[fields.cell])
      if var own = part {
        (own.day, own.known, own.owner) = (day.rawValue, known, owner)
        sessions?.complete(&own, decoder.row, measureValues)
        result.parts.append(own)
        // What the session is worth is known when all its parts are; whom and where it met is known now.
        if party != nil || cell != nil {
          builder.append(meetingOf: owner, date: date, counterparty: party, cell: cell)
        }
      } else {
        builder.append(
          subscription: owner, date: date, counterparty: party, cell: cell, measures: measureValues,
          key: defersKeys ? key : nil)
      }
      return true
    }
    let delivery = result.delivery
    result.rowDays.insert(day.rawValue)
    if feed.kind == .numbers {
      addAssignment(record, of: batch, owner: owner, delivery: delivery)
    } else {
      result.facts?.append(decoder.row, subscription: owner, day: day.rawValue, known: known, delivery: delivery)
      if let email = fields.email, decoder.row.has(email), let person = decoder.row[fields.person] {
        result.addresses.append(
          AddressBook.Row(
            person: person, email: decoder.row.texts[email], validFrom: day, knownDate: knownNight,
            file: task.file.name, line: Int64(record.line)))
      }
    }
    return true
  }

  /// Remembers numbers of a reject that nobody owned: an assignment that comes late may find their owner.
  private mutating func rememberUnowned(_ numbers: [Int], at instant: Int64) {
    for field in numbers {
      guard let number = decoder.row[field], number > 0 else { continue }
      result.unowned.append(UnownedNumber(number: UInt64(number), instant: instant, delivery: result.delivery))
    }
  }

  /// The subscription of the row: named directly, or the owner of its number at the event (at the end of a mere day).
  private mutating func owner(day: Day) throws(RowFault) -> Int64 {
    if feed.kind.isOwned, let field = fields.number, let number = decoder.row[field] {
      let instant =
        fields.isEventInstant
        ? decoder.row.values[fields.event].quotientFloored(by: 1_000_000) : decoder.zone.zone.startOfDay(day + 1) - 1
      guard let owner = context.book.subscription(ofNumber: UInt64(number), at: instant) ?? learn(number) else {
        var fault = RowFault(
          "unknown-number", source: decoder.source(ofField: field),
          expected: "a number that somebody owned at the time",
          "nobody owned the number at the time of the event")
        fault.unowned = .init(number: UInt64(number), instant: instant)
        throw fault
      }
      return owner
    }
    if let subscription = decoder.row[fields.subscription] { return subscription }
    guard !feed.kind.isOwned else {
      let source =
        fields.number.flatMap { decoder.source(ofField: $0) } ?? decoder.source(ofField: fields.subscription ?? 0)
      throw RowFault("missing-value", source: source, expected: "a value", "the row names no subscription")
    }
    return 0
  }

  /// The subscription that a number stands for, where the feed lets numbers do so.
  private mutating func learn(_ number: Int64) -> Int64? {
    guard feed.phoneNumbers.isImplicit else { return nil }
    if measures == nil { result.learned.insert(UInt64(number)) }
    return context.learned.subscription(ofNumber: UInt64(number))
  }

  private mutating func knownDay(_ bytes: UnsafeBufferPointer<UInt8>) throws(RowFault) -> Int32 {
    let night = knownNight.rawValue
    if let recorded = fields.recorded, let day = decoder.row[recorded] { return min(night, Int32(day)) }
    switch feed.known {
    case .night: return night
    case .lag(let days):
      return min(night, Day(ofSeconds: decoder.row.localSeconds[fields.event]).rawValue + Int32(days))
    case .column(let source, let format):
      let field = UnsafeBufferPointer(rebasing: bytes[ranges[source]])
      guard field.count > 0 else { return night }
      guard let instant = format.parse(field.span) else {
        throw RowFault("wrong-type", source: source, expected: "a day of the feed's format", "the known day is none")
      }
      return min(night, Day(ofSeconds: decoder.zone.resolve(instant).localSeconds).rawValue)
    }
  }

  /// The keyed hash of a row's record key.
  private mutating func hash(_ recordKey: Feed.RecordKey, _ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    keyBytes.removeAll(keepingCapacity: true)
    for source in recordKey.sources {
      let range = ranges[source]
      // The length in front keeps "ab","c" apart from "a","bc".
      keyBytes.append(UInt8(truncatingIfNeeded: range.count))
      keyBytes.append(UInt8(truncatingIfNeeded: range.count >> 8))
      keyBytes.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[range]))
    }
    return keyHash.hash(keyBytes)
  }

  private mutating func addAssignment(_ record: RecordPosition, of batch: RecordBatch, owner: Int64, delivery: Int64) {
    let assignment = NumberAssignment(
      number: UInt64(decoder.row[fields.number] ?? 0), subscription: owner,
      validFrom: decoder.row.values[fields.event].quotientFloored(by: 1_000_000),
      validTo: decoder.row[fields.validTo].map { $0.quotientFloored(by: 1_000_000) }, knownDate: context.night,
      delivery: delivery, file: task.file.name, line: Int64(record.line))
    let fault = RowFault(
      "overlapping-validity", source: fields.number.flatMap { decoder.source(ofField: $0) },
      expected: "a time in which nobody else holds the number", "another assignment of the number holds at the time")
    var pending = reject(record, of: batch, fault)
    pending.cut()
    result.assignments.append(PendingAssignment(assignment: assignment, reject: pending))
  }
}

extension RowFault {
  /// The code of rows outside of the window: counted apart from rejects.
  static let outOfWindowCode = "out-of-window"
}

extension Int64 {
  /// The quotient rounded down; `divisor` must be positive.
  func quotientFloored(by divisor: Int64) -> Int64 {
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? quotient - 1 : quotient
  }
}
