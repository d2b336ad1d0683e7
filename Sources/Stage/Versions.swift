import Columns
import Ledger

/// Versions of whatever a stage's bytes depend on; every entry of the log records them.
public enum Versions {
  /// The version of Nightjar.
  public static let nightjar = "0.1.0"

  /// Everything, by name.
  ///
  /// Throws where a file cannot be read that is there: a version that depended on luck would change signed bytes.
  package static var current: [String: String] {
    get throws(LedgerError) {
      [
        "arrow": ParquetFile.arrowVersion, "libc": Machine.libraryVersion, "nightjar": nightjar, "swift": swift,
        "tzdata": try timeZoneData,
      ]
    }
  }

  /// The compiler, as exactly as the language lets a program know it.
  private static var swift: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  /// The release of the time zone rules: the first line of `tzdata.zi` is `# version 2026b`.
  private static var timeZoneData: String {
    get throws(LedgerError) {
      let path = "/usr/share/zoneinfo/tzdata.zi"
      guard SystemCalls.exists(path) else { return "none" }
      let line = String(decoding: try SystemCalls.readFile(path).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
      return line.split(separator: " ").last.map(String.init) ?? "none"
    }
  }
}
