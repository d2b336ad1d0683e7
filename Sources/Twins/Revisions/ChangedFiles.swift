import Calendar
import Datasets
import Ledger

/// The fact files that came and went since some snapshots were made or last compared. Only the log is read.
struct ChangedFiles: Sendable {
  /// A file, and what the log says of it.
  struct File: Sendable, Hashable {
    let product: Product
    let dataset: Dataset
    /// The night whose export caused the facts in it: contacts that were decided by a snapshot are no news to it.
    let decidedOn: Day?
  }

  /// Where rows that are equal lie: a folder of a dataset.
  struct Place: Sendable, Hashable {
    let dataset: String
    let date: Day?
  }

  /// The files of one folder that only one side has.
  struct Change: Sendable {
    var gone: [File] = []
    var come: [File] = []
    /// Whether rows have to be compared: a file that was written anew holds most of its rows as before.
    var needsPrints: Bool { !gone.isEmpty && !come.isEmpty }
  }

  /// What changed, by folder.
  private(set) var changes: [Place: Change] = [:]

  /// Compares what `group` has seen with all entries of a view.
  init(_ entries: [LogEntry], since group: KeptSnapshots.Group, _ reach: FactReach) {
    let folders = reach.datasets.map { (folder: $0.folder + "/", dataset: $0) }
    func dataset(of name: String) -> Dataset? { folders.first { name.hasPrefix($0.folder) }?.dataset }
    var datasets: [String: Dataset] = [:]
    for entry in entries where !group.covers(entry) {
      for name in entry.retired + entry.products.map(\.name) where name.hasPrefix("data/") {
        datasets[name] = dataset(of: name)
      }
    }
    guard !datasets.isEmpty else { return }
    // Of these names alone: which are live in either view.
    var (before, after): (Set<String>, Set<String>) = ([], [])
    var files: [String: File] = [:]
    for entry in entries {
      let isSeen = group.covers(entry)
      for name in entry.retired where datasets[name] != nil {
        after.remove(name)
        if isSeen { before.remove(name) }
      }
      for product in entry.products {
        guard let dataset = datasets[product.name] else { continue }
        after.insert(product.name)
        if isSeen { before.insert(product.name) }
        files[product.name] = File(
          product: product, dataset: dataset, decidedOn: entry.stage == "export" ? entry.date : nil)
      }
    }
    for name in before.symmetricDifference(after).sorted() {
      guard let file = files[name] else { continue }
      if let day = reach.eventDate(of: name, file.dataset),
        !group.runs.contains(where: {
          reach.bears(file.dataset.name, day, isCompleteness: false, on: $0.date)
        })
      {
        continue
      }
      let place = Place(dataset: file.dataset.name, date: TwinSources.date(name))
      if after.contains(name) {
        changes[place, default: Change()].come.append(file)
      } else {
        changes[place, default: Change()].gone.append(file)
      }
    }
  }
}
