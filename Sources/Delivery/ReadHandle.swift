import CArchive
import Glibc

/// A libarchive reader over a source. The only file that calls libarchive's reading functions.
///
/// libarchive sees the bytes through two callbacks; an error of the source waits in `sourceError` while libarchive
/// returns, and comes out in place of its own message.
final class ReadHandle {
  private static let inputByteCount = 256 << 10
  /// The block of tar.
  private static let blockByteCount = 512

  /// Without a UTF-8 locale libarchive returns NULL for names that are not ASCII. Whoever reads or writes archives asks
  /// first: setting a locale while another thread converts a name would spoil that name.
  static let hasLocale: Bool = setlocale(LC_CTYPE, "C.UTF-8") != nil

  private let archive: OpaquePointer
  private let source: any ByteSource
  private let archiveName: String
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: inputByteCount, alignment: 16)
  private var sourceError: DeliveryError?
  private var isOpen = false
  /// The last block that the source delivered, which in a whole tar is of zeros.
  private(set) var lastBlock: [UInt8] = []
  /// The number of bytes that the source delivered.
  private(set) var sourceByteCount: Int64 = 0

  /// Opens `source` as a container, or undoes `filter` where one is given, or LZMA without a container.
  init(
    _ source: any ByteSource, container: Magic.Container? = nil, filter: Magic.Filter? = nil, isLZMA: Bool = false,
    archiveName: String
  ) throws(DeliveryError) {
    guard ReadHandle.hasLocale else {
      throw DeliveryError(
        .inputOutput, archive: archiveName, "the locale C.UTF-8 is missing; install the system's locales")
    }
    guard let archive = archive_read_new() else {
      throw DeliveryError(.inputOutput, archive: archiveName, "out of memory")
    }
    self.archive = archive
    self.source = source
    self.archiveName = archiveName
    switch container {
    case .tar: archive_read_support_format_tar(archive)
    case .zip: archive_read_support_format_zip_seekable(archive)
    case .sevenZip: archive_read_support_format_7zip(archive)
    case nil: archive_read_support_format_raw(archive)
    }
    switch filter {
    case .zstd: archive_read_support_filter_zstd(archive)
    case .bzip2: archive_read_support_filter_bzip2(archive)
    case .xz: archive_read_support_filter_xz(archive)
    case .gzip, nil: break
    }
    if isLZMA { archive_read_support_filter_lzma(archive) }
    if source is FileSource { archive_read_set_seek_callback(archive, seekCallback) }
    let status = archive_read_open(
      archive, Unmanaged.passUnretained(self).toOpaque(), nil, readCallback, nil)
    guard status == ARCHIVE_OK else { throw failure(member: nil) }
    isOpen = true
  }

  deinit {
    archive_read_free(archive)
    input.deallocate()
  }

  /// What libarchive says of the next member.
  struct Entry {
    enum Kind { case regular, folder, other(String) }
    var name: String?
    var kind: Kind
    var isEncrypted: Bool
  }

  /// Goes to the next member, or returns nil behind the last one.
  func nextEntry() throws(DeliveryError) -> Entry? {
    var entry: OpaquePointer?
    let status = archive_read_next_header(archive, &entry)
    if status == ARCHIVE_EOF { return nil }
    // A warning concerns what is not used here (times, owners, attributes); the name is checked by itself.
    guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry else { throw failure(member: nil) }
    let name = archive_entry_pathname(entry).flatMap { String(validatingCString: $0) }
    let kind: Entry.Kind
    if archive_entry_hardlink(entry) != nil {
      kind = .other("hard link")
    } else {
      // The file types of POSIX tar, which libarchive keeps in macros that Swift cannot see.
      switch archive_entry_filetype(entry) {
      case 0o100000: kind = .regular
      case 0o040000: kind = .folder
      case 0o120000: kind = .other("symbolic link")
      case 0o010000: kind = .other("pipe")
      case 0o020000, 0o060000: kind = .other("device")
      default: kind = .other("member of an unknown type")
      }
    }
    return Entry(name: name, kind: kind, isEncrypted: archive_entry_is_encrypted(entry) != 0)
  }

  /// Reads content of the current member; zero means its end.
  func read(into buffer: UnsafeMutableRawBufferPointer, member: String?) throws(DeliveryError) -> Int {
    let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
    guard count >= 0 else { throw failure(member: member) }
    if let sourceError { throw sourceError }
    return count
  }

  /// The number of bytes of the source that were needed, behind which nothing may follow.
  var usedByteCount: Int64 { archive_filter_bytes(archive, -1) }

  /// Whether a compression is being undone. libarchive takes a stump of a few bytes for plain text.
  var isFiltering: Bool { archive_filter_count(archive) > 1 }

  /// Reads the source to its end, so that what closes it (a checksum, the end mark of a tar) is seen too.
  func drainSource() throws(DeliveryError) {
    while try readBlock() > 0 {}
  }

  /// The error of the source, or libarchive's in its own words.
  private func failure(member: String?) -> DeliveryError {
    if let sourceError { return sourceError }
    let words = archive_error_string(archive).map { String(cString: $0) } ?? "cannot be read"
    let lower = words.lowercased()
    let code: DeliveryError.Code
    // After a failed open libarchive 3.6 calls through a stray pointer when it is asked about encryption.
    let isEncrypted = isOpen && archive_read_has_encrypted_entries(archive) > 0
    if isEncrypted || lower.contains("encrypt") || lower.contains("passphrase") {
      code = .encrypted
    } else if lower.contains("truncated") || lower.contains("unexpected end") || lower.contains("premature end") {
      code = .truncated
    } else {
      code = .damaged
    }
    return DeliveryError(code, archive: archiveName, member: member, "libarchive: \(words)")
  }

  // MARK: - Callbacks

  private func readBlock() throws(DeliveryError) -> Int {
    let count = try source.read(into: input)
    sourceByteCount += Int64(count)
    // By index: `suffix` of raw bytes walks all of them.
    let tail = input[max(0, count - ReadHandle.blockByteCount)..<count]
    lastBlock =
      tail.count == ReadHandle.blockByteCount
      ? Array(tail) : Array((lastBlock + tail).suffix(ReadHandle.blockByteCount))
    return count
  }

  /// Hands libarchive the next block; negative where the source failed.
  fileprivate func answerRead(_ block: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
    do throws(DeliveryError) {
      block?.pointee = UnsafeRawPointer(input.baseAddress)
      return try readBlock()
    } catch {
      sourceError = error
      return -1
    }
  }

  fileprivate func answerSeek(_ offset: Int64, _ whence: Int32) -> Int64 {
    (source as? FileSource)?.seek(offset, whence) ?? -1
  }
}

// libarchive calls back with the context that `archive_read_open` got: an object that frees the handle when it dies.
private func readCallback(
  _ archive: OpaquePointer?, _ context: UnsafeMutableRawPointer?,
  _ block: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> Int {
  guard let context else { return -1 }
  return Unmanaged<ReadHandle>.fromOpaque(context).takeUnretainedValue().answerRead(block)
}

private func seekCallback(
  _ archive: OpaquePointer?, _ context: UnsafeMutableRawPointer?, _ offset: Int64, _ whence: Int32
) -> Int64 {
  guard let context else { return -1 }
  return Unmanaged<ReadHandle>.fromOpaque(context).takeUnretainedValue().answerSeek(offset, whence)
}
