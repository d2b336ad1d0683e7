package import Configuration
import FoundationEssentials
package import Ledger

/// All feeds of an operator: the files `feeds/*.yaml` of the configuration folder.
package struct FeedFolder: Sendable {
  /// The feeds, in the order in which they are read: numbers first, then by name.
  package let feeds: [Feed]
  /// The digest over all feed files and the presets that they name, names included.
  package let digest: SHA256Digest

  /// Reads `feeds/*.yaml` below `configuration`.
  package static func load(configuration: String) throws(ConfigurationError) -> FeedFolder {
    let folder = configuration + "/feeds"
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw ConfigurationError(SourceLocation(file: folder), "there is no such folder, or it cannot be read")
    }
    let paths = names.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted().map { folder + "/" + $0 }
    guard !paths.isEmpty else { throw ConfigurationError(SourceLocation(file: folder), "the folder holds no feed") }
    return try FeedFolder(paths: paths)
  }

  /// Reads these feed files; all faults of all files come at once.
  package init(paths: [String]) throws(ConfigurationError) {
    var feeds: [Feed] = []
    var problems: [ConfigurationError.Problem] = []
    var text = ""
    for path in paths {
      do throws(ConfigurationError) {
        let document = try ConfigurationDocument.load(path: path)
        let fileName = path.split(separator: "/").last ?? ""
        text += "\(fileName) \(SHA256Digest(of: document.bytes).hex)\n"
        let feed = try Feed.read(document)
        if let preset = feed.preset { text += "\(fileName) \(preset.name) \(preset.digest.hex)\n" }
        if let other = feeds.first(where: { $0.name == feed.name }) {
          problems.append(
            .init(SourceLocation(file: path, line: 1, column: 1), "the feed '\(feed.name)' is also in \(other.path)"))
        }
        feeds.append(feed)
      } catch {
        problems += error.problems
      }
    }
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    self.feeds = feeds.sorted { a, b in
      (a.kind == .numbers ? 0 : 1, a.name) < (b.kind == .numbers ? 0 : 1, b.name)
    }
    digest = SHA256Digest(of: text)
  }
}
