/// The names under which people find a night's pack and report: `exports/<date>` and `reports/<date>.html`.
///
/// The decision is VisibleNames.md. Links follow night entries only; every run rolls all nights' links forward.
public struct VisibleLinks: Sendable {
  /// Where a stage commits, where people look, and what the visible name ends with.
  private static let places: [(committed: String, visible: String, suffix: String)] = [
    ("exports/.packs/", "exports/", ""), ("reports/.pages/", "reports/", ".html"),
  ]
  private static let dateCount = "yyyy-MM-dd".utf8.count

  /// The link's destination, relative to its folder, by the link's path below the home.
  public let destinations: [String: String]

  /// Finds what each night's newest entry shows.
  public init(_ log: CommitLog) {
    var newest: [String: String] = [:]
    var visible: [String: String] = [:]
    for entry in log.entries {
      for name in entry.retired {
        guard let (link, destination) = VisibleLinks.link(name), newest[link] == destination else { continue }
        newest[link] = nil
      }
      for product in entry.products {
        if let (link, destination) = VisibleLinks.link(product.name) { newest[link] = destination }
      }
      guard entry.stage == LogEntry.nightStage else { continue }
      for (visibleFolder, suffix) in VisibleLinks.places.map({ ($0.visible, $0.suffix) }) {
        let link = "\(visibleFolder)\(entry.date)\(suffix)"
        visible[link] = newest[link] ?? visible[link]
      }
    }
    destinations = visible
  }

  /// `exports/.packs/<date>-<hex>/sms.csv` → `exports/<date>`, `.packs/<date>-<hex>`.
  private static func link(_ name: String) -> (link: String, destination: String)? {
    for (committed, visible, suffix) in places where name.hasPrefix(committed) {
      let item = name.dropFirst(committed.count).prefix { $0 != "/" }
      guard item.utf8.count > dateCount else { return nil }
      return ("\(visible)\(item.prefix(dateCount))\(suffix)", "\(committed.dropFirst(visible.count))\(item)")
    }
    return nil
  }

  /// Makes every link say what it should; returns those that changed. A link is replaced by rename, never absent.
  @discardableResult
  public func rollForward(_ home: Home) throws(LedgerError) -> [String] {
    var changed: [String] = []
    for (link, destination) in destinations.sorted(by: { $0.key < $1.key }) {
      let path = home.url(link)
      if SystemCalls.symlinkDestination(path) == destination { continue }
      let slash = link.lastIndex(of: "/") ?? link.startIndex
      let folder = home.url(String(link[..<slash]))
      let temporary = "\(folder)/.link-\(link[link.index(after: slash)...])"
      try SystemCalls.unlink(temporary)
      try SystemCalls.symlink(destination, at: temporary)
      try SystemCalls.rename(temporary, to: path)
      try SystemCalls.sync(folder)
      changed.append(link)
    }
    return changed
  }
}
