import Synchronization

/// Counts what comes out of one file and stops it at the limits, of size as of time; any number of threads may count.
final class ExpansionMeter: Sendable {
  /// When the file must be read.
  let deadline: Deadline
  private let limits: DeliveryLimits
  private let archive: String
  private let fileByteCount: Int64
  private let unwrappedByteCount = Atomic<Int64>(0)
  private let allMembersByteCount = Atomic<Int64>(0)

  init(_ limits: DeliveryLimits, archive: String, fileByteCount: Int64) {
    self.limits = limits
    self.archive = archive
    self.fileByteCount = fileByteCount
    deadline = Deadline(limits, archive: archive, fileByteCount: fileByteCount)
  }

  /// Counts bytes that came out of the compression around the whole file.
  func addUnwrapped(_ count: Int) throws(DeliveryError) {
    try check(unwrappedByteCount.wrappingAdd(Int64(count), ordering: .relaxed).newValue)
  }

  /// Counts bytes of a member as they are handed out; `memberByteCount` is its length so far, these included.
  func addMember(_ count: Int, memberByteCount: Int64, of member: String) throws(DeliveryError) {
    if memberByteCount > limits.maximumMemberByteCount {
      throw DeliveryError(
        .memberTooLarge, archive: archive, member: member,
        "the member holds more than \(limits.maximumMemberByteCount) bytes")
    }
    try check(allMembersByteCount.wrappingAdd(Int64(count), ordering: .relaxed).newValue)
  }

  /// The member that goes over the limits of the whole file is not to blame more than those before it.
  private func check(_ count: Int64) throws(DeliveryError) {
    if count > limits.maximumTotalByteCount {
      throw DeliveryError(
        .deliveryTooLarge, archive: archive, "the file unpacks to more than \(limits.maximumTotalByteCount) bytes")
    }
    let allowed = limits.maximumExpansionRatio.multipliedReportingOverflow(by: fileByteCount)
    if count > limits.freeByteCount, !allowed.overflow, count > allowed.partialValue {
      throw DeliveryError(
        .expansionTooLarge, archive: archive,
        "the file unpacks to more than \(limits.maximumExpansionRatio) times its size of \(fileByteCount) bytes")
    }
    try deadline.check()
  }
}
