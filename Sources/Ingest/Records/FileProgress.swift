import Delivery
import Ledger

/// A file on its way through `ParallelReading`, whose lock guards it.
///
/// A zip file has a part for each member; any other file is one part. Parts are read side by side and put together each
/// by itself; then the file adds them up in their order, to the first problem. Where a limit of the whole file is broken,
/// what came first does not show in the parts: the file is read once more, as one part.
final class FileProgress: @unchecked Sendable {
  /// What is known of the digest of a zip file, whose bytes are not read in order.
  private enum DigestState {
    case wanted, beingTaken, known(SHA256Digest?)
  }

  /// The index among all files.
  let index: Int
  /// The members, where they are read side by side.
  private var zip: ZipMembers?
  /// Parts that were begun and have not ended.
  private(set) var active: [PartProgress] = []
  /// Parts that ended before those in front of them, by index.
  private var ended: [Int: PartProgress] = [:]
  /// What the parts in front of those brought, and their number.
  private var whole: ChunkedFile
  private var addedCount = 0
  /// The next part to be begun, and the first one that nobody needs: what lies behind a problem is not read.
  private var nextPart = 0
  private var partEnd: Int
  private var rejectWeight = 0
  private let rejectLimit: Int
  /// Whether a limit of the whole file is broken, which makes the parts so far void.
  private var isVoid = false
  private var digestState: DigestState
  private var isFinishing = false
  private let task: FileTask
  private let feed: Feed

  /// Begins with nothing read; `zip` has members.
  init(_ index: Int, _ task: FileTask, _ feed: Feed, _ zip: ZipMembers?, rejectLimit: Int) {
    self.index = index
    self.task = task
    self.feed = feed
    whole = ChunkedFile(task, feed)
    self.zip = zip
    self.rejectLimit = rejectLimit
    partEnd = whole.isRefused ? 0 : zip?.memberNames.count ?? 1
    digestState = zip != nil && task.sha256 == nil ? .wanted : .known(nil)
  }

  // MARK: - Digest

  /// Whether the digest is to be taken, by whoever asks.
  func beginDigest() -> Bool {
    guard case .wanted = digestState else { return false }
    digestState = .beingTaken
    return true
  }

  /// The digest was taken; nil where the file could not be read.
  func endDigest(_ digest: SHA256Digest?) { digestState = .known(digest) }

  // MARK: - Parts

  /// The part that is to be begun next, if there is one.
  var partToBegin: (index: Int, part: DeliverySource.Part)? {
    guard nextPart < partEnd else { return nil }
    return (nextPart, zip.map { .member($0, index: nextPart) } ?? .file)
  }

  /// Adds the part that was to be begun.
  func begin(_ part: PartProgress) {
    active.append(part)
    nextPart += 1
  }

  /// A part could not be read.
  func fail(_ part: PartProgress, _ error: any Error) {
    let code = (error as? DeliveryError)?.code
    if code == .deliveryTooLarge || code == .expansionTooLarge { breakLimit() }
    needNothing(behind: part)
  }

  /// A part got rejects; `isProblem` says that they, or something else in it, end the file.
  func add(rejectWeight weight: Int, isProblem: Bool, in part: PartProgress) {
    rejectWeight += weight
    if rejectWeight > rejectLimit { breakLimit() }
    if isProblem { needNothing(behind: part) }
  }

  private func needNothing(behind part: PartProgress) {
    partEnd = min(partEnd, part.index + 1)
    for other in active where other.index >= part.index { other.abandon() }
  }

  private func breakLimit() {
    guard zip != nil else { return }
    isVoid = true
    partEnd = 0
    for part in active { part.abandon() }
  }

  // MARK: - End

  /// Takes note of parts that ended; true, once, when there is nothing more to wait for.
  func becomesWhole() -> Bool {
    for part in active where part.hasEnded { ended[part.index] = part }
    active.removeAll(where: \.hasEnded)
    // At once, since an archive may hold 100,000 members.
    while addedCount < partEnd, let next = ended.removeValue(forKey: addedCount) {
      whole.add(next)
      addedCount += 1
    }
    guard active.isEmpty, nextPart >= partEnd, case .known = digestState, !isFinishing else { return false }
    guard isVoid else {
      isFinishing = true
      return true
    }
    isVoid = false
    zip = nil
    ended = [:]
    whole = ChunkedFile(task, feed)
    addedCount = 0
    nextPart = 0
    partEnd = 1
    rejectWeight = 0
    return false
  }

  /// How the file ended; nil where it must be read row by row. For whoever was told that it is whole.
  func outcome() throws -> FileOutcome? {
    guard case .known(let digest) = digestState else { return nil }
    return try whole.outcome(digest: digest)
  }
}
