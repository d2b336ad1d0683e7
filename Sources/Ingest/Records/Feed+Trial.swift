package import Calendar
package import Ledger
import Parallelism
package import Vault

// Trials for proofs that no file does harm, and that both ways of reading usage are one. Nothing is kept, and no home is
// needed: numbers belong to nobody but themselves.
extension Feed {
  /// Reads a file row by row and returns what became of its lines, or nil where it would be refused.
  package func trial(path: String, night: Day, key: PseudonymKey) -> IntakeFile? {
    guard let task = trialTask(path) else { return nil }
    var reading = FileReading(task, feed: self, context: trialContext(night, key))
    var seen = RecordKeySet()
    do {
      try reading.read(seen: &seen)
      return reading.result.intake
    } catch {
      return nil
    }
  }

  /// What a usage file is read to row by row, or by columns in chunks of `chunkByteCount` on one thread: every row with
  /// its key, every reject, and the counts, as text. Nil where it can be read one way only.
  package func usageTrial(path: String, night: Day, key: PseudonymKey, chunkByteCount: Int?) -> [String]? {
    guard let task = trialTask(path), let columns = UsageColumns(self) else { return nil }
    let context = trialContext(night, key)
    if let chunkByteCount {
      let reading = ParallelReading(
        [task], [self], [0: columns], context, threads: WorkerThreads(count: 1), chunkByteCount: chunkByteCount)
      switch (try? reading.read())?.first ?? nil {
      case .taken(let result, _): return result.trialLines
      case .refused(_, let refusal, _): return ["refused: \(refusal.code)"]
      case .growing, nil: return nil
      }
    }
    var reading = FileReading(task, feed: self, context: context)
    reading.defersKeys = true
    var seen = RecordKeySet()
    do {
      try reading.read(seen: &seen)
      return reading.result.trialLines
    } catch {
      return (error as? FileRefusal).map { ["refused: \($0.code)"] }
    }
  }

  private func trialTask(_ path: String) -> FileTask? {
    FileStamp(path).map {
      FileTask(file: DeliveredFile(path: path), feed: 0, sha256: SHA256Digest(of: []), stamp: $0)
    }
  }

  private func trialContext(_ night: Day, _ key: PseudonymKey) -> NightContext {
    NightContext(
      night: night, key: key, book: NumberBook(), learned: LearnedNumbers(key), spill: UsageSpill.unbounded)
  }
}

extension FileResult {
  /// Lines in the order of their text, since batches and chunks are cut as each way of reading likes; then the counts.
  fileprivate var trialLines: [String] {
    let counts = RowCounts(intake)
    return (usage.flatMap(\.trialLines) + rejects.map { "reject \($0)" } + unowned.map { "unowned \($0)" }).sorted()
      + [
        "\(counts)", "lines \(intake.readCount) \(intake.blankCount) \(intake.commentCount) \(intake.headerCount)",
      ]
  }
}

extension UsageChunk {
  /// A line for each row: what it adds to the facts, and its key.
  fileprivate var trialLines: [String] {
    guard case .memory(let memory) = storage else { return [] }
    var keysOfRows: [Int: UInt64] = [:]
    for (key, row) in zip(keys, keyRows) { keysOfRows[Int(row & (1 << UsageChunk.rowBits - 1))] = key }
    return (0..<rowCount).map { index in
      let row = memory.rows[index]
      var sums = [Int64](repeating: 0, count: UsageMeasures.slotCount)
      sums.withUnsafeMutableBufferPointer { sums in
        guard let sums = sums.baseAddress, !row.flags.contains(.isMeeting) else { return }
        if row.flags.contains(.isWide) {
          memory.wide.withUnsafeBufferPointer { wide in
            if let wide = wide.baseAddress { UsageMeasureBytes.add(wide, Int(row.first), to: sums) }
          }
        } else {
          UsageMeasures.add(row, to: sums)
        }
      }
      let date = dates[Int(row.date)]
      return "\(row.subscription) \(row.counterparty) \(row.cell) \(date.day) \(date.known) \(sums.dropLast()) "
        + "\(keysOfRows[index].map { "\($0)" } ?? "-")"
    }
  }
}
