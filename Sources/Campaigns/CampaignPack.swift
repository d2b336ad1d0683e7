public import Ledger

/// What leaves the house for one night: lists, control group, suppressions, manifest and checksums.
public struct CampaignPack: Sendable, Hashable {
  /// One file of the pack.
  public struct File: Sendable, Hashable {
    /// The name, without a folder.
    public var name: String
    /// The bytes.
    public var bytes: [UInt8]
    /// The rows without the header, where it is a list.
    public var rowCount: Int64?
  }

  /// The files, ascending by name; `SHA256SUMS` covers all the others.
  public let files: [File]
  /// The persons on the lists.
  public let contacts: [PlannedContact]
  /// Sums for the log, by name.
  public let counts: [String: Int64]
  /// What people should know.
  public let warnings: [String]

  /// The name of the file of checksums.
  static let sumsName = "SHA256SUMS"

  /// Adds `SHA256SUMS` to the files.
  init(_ files: [File], contacts: [PlannedContact], counts: [String: Int64], warnings: [String]) {
    let ordered = files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let sums = ordered.map { "\(SHA256Digest(of: $0.bytes).hex)  \($0.name)\n" }.joined()
    self.files = [File(name: CampaignPack.sumsName, bytes: Array(sums.utf8))] + ordered
    self.contacts = contacts
    self.counts = counts
    self.warnings = warnings
  }

  /// The digest of `SHA256SUMS`: other content, other digest.
  public var digest: SHA256Digest { SHA256Digest(of: files[0].bytes) }
}
