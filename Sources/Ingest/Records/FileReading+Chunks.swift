import CSV
import Ledger
import Vault

// Rows of a file that is read in chunks, by many threads: each has a reading of its own, whose results are taken out
// chunk by chunk.
extension FileReading {
  /// Turns to a member whose header is known.
  mutating func begin(_ member: DeliveryChunk.Member) {
    memberIndex = member.index
    self.member = member.name
    layout = member.layout
    header = member.header
    defersKeys = true
  }

  /// Takes records and rejects of the driver; accepted rows go to `builder`.
  mutating func take(_ batch: RecordBatch, into builder: inout UsageChunkBuilder) throws(FileRefusal) {
    swap(&self.builder, &builder)
    defer { swap(&self.builder, &builder) }
    // Record keys of usage are looked at when all deliveries are read.
    var seen = RecordKeySet()
    try consume(batch, header, &seen)
  }

  /// Hands out what was counted and rejected since the last time.
  mutating func takeResult() -> (intake: IntakeCounts, rejects: [RejectRow], unowned: [UnownedNumber]) {
    let counts = IntakeCounts(
      accepted: result.intake.acceptedCount, rejected: result.intake.rejectedCount,
      outOfWindow: result.intake.outOfWindowCount)
    defer {
      result.intake.acceptedCount = 0
      result.intake.rejectedCount = 0
      result.intake.outOfWindowCount = 0
      result.unowned = []
    }
    return (counts, result.takeRejects(), result.unowned)
  }

  /// Rows by what became of them.
  struct IntakeCounts: Sendable {
    var accepted: Int64 = 0
    var rejected: Int64 = 0
    var outOfWindow: Int64 = 0
  }
}
