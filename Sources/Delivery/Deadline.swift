/// The moment by which a delivery must be read, on a clock that nobody can set.
///
/// The only clock of the ingest. It decides whether a file is taken, never what is taken of it: a file that is read in
/// time gives the same bytes at any speed (decision in Delivery.docc).
struct Deadline: Sendable {
  private let archive: String
  private let budget: Duration
  private let end: ContinuousClock.Instant

  /// Starts the clock for a file.
  init(_ limits: DeliveryLimits, archive: String, fileByteCount: Int64) {
    self.archive = archive
    budget = limits.duration(ofByteCount: fileByteCount)
    end = ContinuousClock.now.advanced(by: budget)
  }

  /// Throws once the time is over.
  func check() throws(DeliveryError) {
    guard ContinuousClock.now >= end else { return }
    throw DeliveryError(
      .timeOver, archive: archive,
      "the file was not read within \(words); run again, or give the feed more time")
  }

  private var words: String {
    let (seconds, attoseconds) = budget.components
    guard attoseconds != 0 else { return "\(seconds) s" }
    return "\(seconds * 1_000 + attoseconds / 1_000_000_000_000_000) ms"
  }
}
