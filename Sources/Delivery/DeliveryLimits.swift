/// How much one delivered file may unpack to. Sizes are counted from the bytes that come out, never from headers.
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

  /// Makes limits: 100,000 members, 64 GiB a member, 512 GiB a file, 200 bytes out for one in above 64 MiB, unless said
  /// otherwise. A night is up to 200 GB.
  public init(
    maximumMemberCount: Int = 100_000, maximumMemberByteCount: Int64 = 64 << 30,
    maximumTotalByteCount: Int64 = 512 << 30, maximumExpansionRatio: Int64 = 200, freeByteCount: Int64 = 64 << 20
  ) {
    self.maximumMemberCount = maximumMemberCount
    self.maximumMemberByteCount = maximumMemberByteCount
    self.maximumTotalByteCount = maximumTotalByteCount
    self.maximumExpansionRatio = maximumExpansionRatio
    self.freeByteCount = freeByteCount
  }
}

/// Counts what comes out of one file and stops it at the limits.
final class ExpansionMeter {
  private let limits: DeliveryLimits
  private let archive: String
  private let fileByteCount: Int64
  private var unwrappedByteCount: Int64 = 0
  private var allMembersByteCount: Int64 = 0
  private var memberByteCount: Int64 = 0

  init(_ limits: DeliveryLimits, archive: String, fileByteCount: Int64) {
    self.limits = limits
    self.archive = archive
    self.fileByteCount = fileByteCount
  }

  /// Counts bytes that came out of the compression around the whole file.
  func addUnwrapped(_ count: Int) throws(DeliveryError) {
    unwrappedByteCount += Int64(count)
    try check(unwrappedByteCount, member: nil)
  }

  /// Counts bytes of a member as they are handed out.
  func addMember(_ count: Int, of member: String) throws(DeliveryError) {
    memberByteCount += Int64(count)
    allMembersByteCount += Int64(count)
    if memberByteCount > limits.maximumMemberByteCount {
      throw DeliveryError(
        .memberTooLarge, archive: archive, member: member,
        "the member holds more than \(limits.maximumMemberByteCount) bytes")
    }
    try check(allMembersByteCount, member: member)
  }

  func startMember() { memberByteCount = 0 }

  private func check(_ count: Int64, member: String?) throws(DeliveryError) {
    if count > limits.maximumTotalByteCount {
      throw DeliveryError(
        .deliveryTooLarge, archive: archive, member: member,
        "the file unpacks to more than \(limits.maximumTotalByteCount) bytes")
    }
    let allowed = limits.maximumExpansionRatio.multipliedReportingOverflow(by: fileByteCount)
    if count > limits.freeByteCount, !allowed.overflow, count > allowed.partialValue {
      throw DeliveryError(
        .expansionTooLarge, archive: archive, member: member,
        "the file unpacks to more than \(limits.maximumExpansionRatio) times its size of \(fileByteCount) bytes")
    }
  }
}
