package import Calendar
package import Ledger
package import Vault

extension Feed {
  /// Reads a file as this feed would and returns what became of its lines, or nil where it would be refused.
  ///
  /// Nothing is kept, and no home is needed: numbers belong to nobody. For proofs that no file does harm.
  package func trial(path: String, night: Day, key: PseudonymKey) -> IntakeFile? {
    guard let stamp = FileStamp(path) else { return nil }
    let task = FileTask(file: DeliveredFile(path: path), feed: 0, sha256: SHA256Digest(of: []), stamp: stamp)
    let context = NightContext(
      night: night, key: key, book: NumberBook(), learned: LearnedNumbers(key), spill: UsageSpill.unbounded)
    var reading = FileReading(task, feed: self, context: context)
    var seen = RecordKeySet()
    do {
      try reading.read(seen: &seen)
      return reading.result.intake
    } catch {
      return nil
    }
  }
}
