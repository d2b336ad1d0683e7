import Columns
import Ledger

/// Versions of whatever a stage's bytes depend on; every entry of the log records them.
public enum Versions {
  /// The version of Nightjar.
  public static let nightjar = "0.1.0"

  /// Everything, by name.
  package static var current: [String: String] {
    [
      "arrow": ParquetFile.arrowVersion, "libc": Machine.libraryVersion, "nightjar": nightjar, "swift": swift,
      "tzdata": timeZoneData,
    ]
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
    guard let bytes = try? SystemCalls.readFile("/usr/share/zoneinfo/tzdata.zi") else { return "unknown" }
    let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return line.split(separator: " ").last.map(String.init) ?? "unknown"
  }
}
