import Calendar
import Columns
import Datasets
import Delivery
import Ledger
import Parallelism

/// Sorts what was delivered: to be read, known already, refused before, or claimed by no feed.
struct Survey: Sendable {
  /// A file that is refused, and what is known of it.
  struct Refused: Sendable, Hashable {
    var name: String
    var feed: String?
    var sha256: SHA256Digest?
    var refusal: FileRefusal
  }

  /// New files, by feed, name and digest: the order in which they count.
  var tasks: [FileTask] = []
  /// Files with the content of one of the tasks.
  var copies: [FileTask] = []
  /// New refusals.
  var refused: [Refused] = []
  /// Files whose content counts already, under this name or another.
  var knownCount: Int64 = 0
  /// Files that were named to replace others, and whose content counts already.
  var unchanged: [String] = []
  /// Files that were refused under the same feeds before.
  var refusedBeforeCount: Int64 = 0
  /// Files whose content counts no more, since another file replaced it.
  var supersededCount: Int64 = 0
  /// Files that changed while they were looked at.
  var growing: [String] = []
  /// Files that no feed claims.
  var unclaimed: [String] = []
  /// Files whose names say a day after the night: their night will take them.
  var earlyCount: Int64 = 0

  /// Nothing was delivered.
  init() {}

  /// Looks at the files, taking digests in parallel. `replacement` says what becomes of other content under a known name.
  /// The digest of a file whose size alone says that it is new is left to be taken while it is read, where
  /// `digestsWhileReading` says that its feed does so.
  init(
    _ files: [DeliveredFile], _ folder: FeedFolder, _ home: Home, _ state: LiveState, night: Day,
    threads: WorkerThreads, replacement: Replacement, digestsWhileReading: (Int) -> Bool = { _ in false }
  ) throws {
    var refusedBefore = try Survey.refusals(home, state, configuration: folder.digest)
    if replacement.isAllowed { refusedBefore.forgive(Replacement.refusalCodes) }
    let taken = TakenFiles(state)
    var claimed: [(file: DeliveredFile, feeds: [Int])] = []
    for file in files {
      let claims = folder.feeds.indices.filter { folder.feeds[$0].files.matches(file.name) }
      if claims.isEmpty {
        unclaimed.append(file.name)
      } else if claims.count == 1, let day = folder.feeds[claims[0]].calendar.day(named: file.name), day > night {
        // Taken tonight, all its rows would lie after the night, and the file would count as read for ever.
        earlyCount += 1
      } else {
        claimed.append((file, claims))
      }
    }
    let list = claimed
    let stamps = list.map { FileStamp($0.file.path) }
    let sizes = Dictionary(stamps.compactMap { $0?.byteCount }.map { ($0, 1) }, uniquingKeysWith: +)
    let names = Dictionary(list.map { ($0.file.name, 1) }, uniquingKeysWith: +)
    let isNew = list.indices.map { index in
      guard list[index].feeds.count == 1, digestsWhileReading(list[index].feeds[0]), let stamp = stamps[index] else {
        return false
      }
      let (name, feed) = (list[index].file.name, folder.feeds[list[index].feeds[0]].name)
      return stamp.byteCount > 0 && sizes[stamp.byteCount] == 1 && !taken.hasSize(stamp.byteCount) && names[name] == 1
        && !refusedBefore.contains(name: name) && !taken.has(name, feed: feed)
    }
    let seen = try threads.map(taskCount: list.count) { index in
      let path = list[index].file.path
      let stamp = stamps[index]
      let digest = isNew[index] ? nil : stamp.flatMap { _ in try? SHA256Digest(ofFile: path) }
      return (stamp: stamp, digest: digest, isStable: FileStamp(path) == stamp)
    }
    let bringsNumbers = claimed.indices.contains { index in
      guard claimed[index].feeds.count == 1, folder.feeds[claimed[index].feeds[0]].kind == .numbers,
        let digest = seen[index].digest
      else { return false }
      return !state.knows(delivery: digest) && !refusedBefore.contains(claimed[index].file.name, digest)
    }
    // Rows that nobody owned may have owners now.
    if bringsNumbers { refusedBefore.forgive(["too-many-rejects"]) }
    var found: [FileTask] = []
    for (index, (file, claims)) in claimed.enumerated() {
      if isNew[index], let stamp = stamps[index] {
        if seen[index].isStable {
          found.append(FileTask(file: file, feed: claims[0], sha256: nil, stamp: stamp))
        } else {
          growing.append(file.name)
        }
        continue
      }
      guard let stamp = seen[index].stamp, let digest = seen[index].digest else {
        refused.append(
          .init(name: file.name, feed: nil, sha256: nil, refusal: .init("unreadable", "the file cannot be read")))
        continue
      }
      guard seen[index].isStable else {
        growing.append(file.name)
        continue
      }
      let isNewDay = claims.count == 1 && taken.isNewDay(file.name, folder.feeds[claims[0]], digest)
      if state.knows(delivery: digest), !isNewDay {
        knownCount += 1
        if replacement.isAllowed, replacement.isNamed { unchanged.append(file.name) }
      } else if state.isSuperseded(delivery: digest), !isNewDay, !replacement.isNamed {
        // An inbox that is never emptied still holds it; it must not come back by itself.
        supersededCount += 1
      } else if refusedBefore.contains(file.name, digest) {
        refusedBeforeCount += 1
      } else if claims.count > 1 {
        let names = claims.map { folder.feeds[$0].name }.joined(separator: ", ")
        refused.append(
          .init(
            name: file.name, feed: nil, sha256: digest,
            refusal: .init("several-feeds", "several feeds claim it: \(names)")))
      } else if !isNewDay, let refusal = replacement.refusal(file.name, digest, feed: folder.feeds[claims[0]]) {
        refused.append(.init(name: file.name, feed: folder.feeds[claims[0]].name, sha256: digest, refusal: refusal))
      } else {
        let old = replacement.delivery(file.name, feed: folder.feeds[claims[0]])
        found.append(
          FileTask(file: file, feed: claims[0], sha256: digest, stamp: stamp, superseded: old?.file.sha256))
      }
    }
    func order(_ task: FileTask) -> (Int, String, SHA256Digest, String) {
      (task.feed, task.file.name, task.sha256 ?? .ofNothing, task.file.path)
    }
    found.sort { order($0) < order($1) }
    // The same content twice in one night counts once, under the name that sorts first among those that are not refused.
    var digestsOfNames: [String: SHA256Digest] = [:]
    var digests: Set<SHA256Digest> = []
    for task in found {
      guard let digest = task.sha256 else {
        tasks.append(task)
        continue
      }
      let feed = folder.feeds[task.feed].name
      if let first = digestsOfNames["\(feed) \(task.file.name)"], first != digest {
        refused.append(
          .init(
            name: task.file.name, feed: feed, sha256: task.sha256,
            refusal: .init("changed-content", "another file of this name but other content lies beside it")))
        continue
      }
      digestsOfNames["\(feed) \(task.file.name)"] = digest
      if digests.insert(digest).inserted { tasks.append(task) } else { copies.append(task) }
    }
  }

  /// What is said to somebody who asked for these to be read.
  var unchangedWarnings: [String] {
    unchanged.sorted().map {
      "\($0): same content as was taken: not read again; to read it under a changed feed, deliver it with other bytes"
    }
  }

  /// The copies that are deliveries of their own, now that the files without a single row are known; others are known.
  mutating func copies(ofEmpty digests: Set<SHA256Digest>, _ feeds: [Feed]) -> [FileTask] {
    let own = copies.filter { task in
      guard case .fileName = feeds[task.feed].calendar.cover else { return false }
      return task.sha256.map { digests.contains($0) } ?? false
    }
    knownCount += Int64(copies.count - own.count)
    copies = []
    return own
  }

  /// The refusals under the same configuration; under another name a file is tried again, and one with too many rejects
  /// when later nights brought number assignments.
  private static func refusals(
    _ home: Home, _ state: LiveState, configuration: SHA256Digest
  ) throws -> RememberedRefusals {
    var found = RememberedRefusals()
    let live = Set(state.products(Dataset.refusals.name).map(\.name))
    for entry in state.entries {
      if entry.products.contains(where: { $0.name.hasPrefix("vault/numbers/") }) { found.forgive(["too-many-rejects"]) }
      for product in entry.products where live.contains(product.name) {
        let table = try ParquetFile.read(home.url(product.name), columns: ["file", "sha256", "code", "config_sha256"])
        let (digests, configurations) = (try table.string("sha256"), try table.string("config_sha256").values)
        let (names, codes) = (try table.string("file").values, try table.string("code").values)
        // A slow night is not the file's fault: what ran out of time is tried again.
        for row in 0..<table.rowCount
        where configurations[row] == configuration.hex && codes[row] != DeliveryError.Code.timeOver.rawValue {
          if let digest = digests[row] { found.add(names[row], digest, code: codes[row]) }
        }
      }
    }
    return found
  }

  /// The dataset's table of some refusals, by name and digest.
  static func table(_ rows: [Refused], night: Day, configuration: SHA256Digest) -> Table {
    Table(
      Dataset.refusals.schema,
      [
        .date(TypedColumn(Array(repeating: night.rawValue, count: rows.count))),
        .string(TypedColumn(optionals: rows.map(\.feed), placeholder: "")), .string(TypedColumn(rows.map(\.name))),
        .string(TypedColumn(optionals: rows.map { $0.sha256?.hex }, placeholder: "")),
        .string(TypedColumn(rows.map(\.refusal.code))), .string(TypedColumn(rows.map(\.refusal.message))),
        .string(TypedColumn(Array(repeating: configuration.hex, count: rows.count))),
      ])
  }
}

/// Names and digests of files that were refused, with the codes of the reasons.
private struct RememberedRefusals {
  private var codes: [String: Set<String>] = [:]

  mutating func add(_ name: String, _ digest: String, code: String) {
    codes["\(name) \(digest)", default: []].insert(code)
  }

  /// Forgets refusals for these reasons.
  mutating func forgive(_ forgiven: Set<String>) {
    codes = codes.compactMapValues { reasons in
      let rest = reasons.subtracting(forgiven)
      return rest.isEmpty ? nil : rest
    }
  }

  /// Whether a file of this name was refused, whatever its content.
  func contains(name: String) -> Bool { codes.keys.contains { $0.hasPrefix("\(name) ") } }

  func contains(_ name: String, _ digest: SHA256Digest) -> Bool { codes["\(name) \(digest.hex)"] != nil }
}

/// The files that earlier entries took.
///
/// A file without a row is told by its name, not by its content alone: two quiet days look the same.
private struct TakenFiles {
  private var names: Set<String> = []
  private var sizes: Set<Int64> = []
  private var emptyDigests: Set<SHA256Digest> = []

  init(_ state: LiveState) {
    for entry in state.entries {
      for file in entry.files {
        names.insert("\(file.feed) \(file.name)")
        sizes.insert(file.byteCount)
        if file.hasNoRows { emptyDigests.insert(file.sha256) }
      }
    }
  }

  /// Whether a file of this size was taken: otherwise its content is new.
  func hasSize(_ byteCount: Int64) -> Bool { sizes.contains(byteCount) }

  func has(_ name: String, feed: String) -> Bool { names.contains("\(feed) \(name)") }

  /// Whether known content is the delivery of another day: empty, and under a new name of a feed whose names say days.
  func isNewDay(_ name: String, _ feed: Feed, _ digest: SHA256Digest) -> Bool {
    guard case .fileName = feed.calendar.cover else { return false }
    return emptyDigests.contains(digest) && !has(name, feed: feed.name)
  }
}

extension IntakeFile {
  /// Whether the file brought no row at all.
  var hasNoRows: Bool { acceptedCount + rejectedCount + duplicateCount + outOfWindowCount == 0 }
}
