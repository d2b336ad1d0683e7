import CArchive
import Glibc

/// Writes an archive of given members, byte for byte the same each time: no clock, no owner, no host in it.
public final class ArchiveWriter {
  /// The formats written.
  public enum Format: Sendable {
    case tar, tarGzip, tarZstd, zip
    /// One member, compressed.
    case gzip, zstd
  }

  /// 1980-01-01T00:00:00Z: the first instant that a zip file can hold.
  private static let modificationSeconds: time_t = 315_532_800

  /// The file type of POSIX tar, which libarchive keeps in a macro that Swift cannot see.
  private static let regularFile: UInt32 = 0o100000

  private let archive: OpaquePointer
  private let name: String

  /// Creates the file, or replaces it.
  public init(path: String, format: Format) throws(DeliveryError) {
    name = path.split(separator: "/").last.map(String.init) ?? path
    guard ReadHandle.hasLocale, let archive = archive_write_new() else {
      throw DeliveryError(.inputOutput, archive: name, "out of memory, or the locale C.UTF-8 is missing")
    }
    self.archive = archive
    switch format {
    case .tar, .tarGzip, .tarZstd: archive_write_set_format_ustar(archive)
    case .zip: archive_write_set_format_zip(archive)
    case .gzip, .zstd: archive_write_set_format_raw(archive)
    }
    switch format {
    case .tarGzip, .gzip:
      archive_write_add_filter_gzip(archive)
      archive_write_set_filter_option(archive, "gzip", "timestamp", nil)
      archive_write_set_filter_option(archive, "gzip", "compression-level", "9")
    case .tarZstd, .zstd: archive_write_add_filter_zstd(archive)
    case .tar, .zip: break
    }
    archive_write_set_bytes_in_last_block(archive, 1)
    try check(archive_write_open_filename(archive, path), member: nil)
  }

  deinit { archive_write_free(archive) }

  /// Adds a regular file.
  public func add(member: String, _ bytes: [UInt8]) throws(DeliveryError) {
    guard let entry = archive_entry_new() else { throw DeliveryError(.inputOutput, archive: name, "out of memory") }
    defer { archive_entry_free(entry) }
    archive_entry_set_pathname_utf8(entry, member)
    archive_entry_set_filetype(entry, ArchiveWriter.regularFile)
    archive_entry_set_perm(entry, 0o644)
    archive_entry_set_size(entry, Int64(bytes.count))
    archive_entry_set_mtime(entry, ArchiveWriter.modificationSeconds, 0)
    try check(archive_write_header(archive, entry), member: member)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        archive_write_data(archive, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
      guard count > 0 else { throw failure(member: member) }
      written += count
    }
  }

  /// Closes the file. Without it the file is not whole.
  public func finish() throws(DeliveryError) {
    try check(archive_write_close(archive), member: nil)
  }

  private func check(_ status: Int32, member: String?) throws(DeliveryError) {
    guard status == ARCHIVE_OK else { throw failure(member: member) }
  }

  private func failure(member: String?) -> DeliveryError {
    let words = archive_error_string(archive).map { String(cString: $0) } ?? "cannot be written"
    return DeliveryError(.inputOutput, archive: name, member: member, "libarchive: \(words)")
  }
}
