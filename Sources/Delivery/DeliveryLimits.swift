/// How much one delivered file may unpack to, and how long that may take. Sizes are counted from the bytes that come out,
/// never from headers.
public struct DeliveryLimits: Sendable, Hashable {
  /// The most members of an archive. A larger archive is refused before its surplus members are opened.
  public var maximumMemberCount: Int
  /// The most bytes of one member after inflation.
  public var maximumMemberByteCount: Int64
  /// The most bytes that the whole file unpacks to.
  public var maximumTotalByteCount: Int64
  /// The most bytes out for one byte of the file. Call records compress 5 to 40 times, deflate at most 1,032 times.
  public var maximumExpansionRatio: Int64
  /// The number of bytes that may come out whatever the ratio, so that a small, very regular file passes.
  public var freeByteCount: Int64
  /// How deep archives may lie: 1 where a delivery may be an archive, 0 where it must be a single file. More is never
  /// read, whatever this says.
  public var maximumNestingDepth: Int
  /// The longest time from the opening of a file to its end, its reader's own work included; nil for 15 minutes and one
  /// second for each MiB of the file.
  public var maximumDuration: Duration?

  /// Makes limits: 100,000 members, 64 GiB a member, 512 GiB a file, 200 bytes out for one in above 64 MiB, archives
  /// allowed, 15 minutes and a second a MiB, unless said otherwise. A night is up to 200 GB.
  public init(
    maximumMemberCount: Int = 100_000, maximumMemberByteCount: Int64 = 64 << 30,
    maximumTotalByteCount: Int64 = 512 << 30, maximumExpansionRatio: Int64 = 200, freeByteCount: Int64 = 64 << 20,
    maximumNestingDepth: Int = 1, maximumDuration: Duration? = nil
  ) {
    self.maximumMemberCount = maximumMemberCount
    self.maximumMemberByteCount = maximumMemberByteCount
    self.maximumTotalByteCount = maximumTotalByteCount
    self.maximumExpansionRatio = maximumExpansionRatio
    self.freeByteCount = freeByteCount
    self.maximumNestingDepth = maximumNestingDepth
    self.maximumDuration = maximumDuration
  }

  /// The slowest pace that is waited for, behind a start of 15 minutes: a tenth of what a busy machine reads row by row.
  private static let slowestBytesPerSecond: Int64 = 1 << 20

  /// The time that a file of `byteCount` bytes has.
  func duration(ofByteCount byteCount: Int64) -> Duration {
    maximumDuration ?? .seconds(900 + byteCount / DeliveryLimits.slowestBytesPerSecond)
  }
}
