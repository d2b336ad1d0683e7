/// What a stretch of bytes is, told from its beginning.
enum Magic: Equatable {
  /// A compression around other bytes.
  case filter(Filter)
  /// An archive that is read here.
  case container(Container)
  /// A format that is recognised and refused.
  case foreign(String)
  /// Anything else, the empty file included.
  case plain

  enum Filter: String, CaseIterable {
    case gzip, zstd, bzip2, xz

    /// The end of a file name that says so.
    var suffixes: [String] {
      switch self {
      case .gzip: [".gz"]
      case .zstd: [".zst", ".zstd"]
      case .bzip2: [".bz2"]
      case .xz: [".xz"]
      }
    }
  }

  enum Container: String { case tar, zip, sevenZip }

  /// The number of bytes that settle the question: the mark of an ISO image is the farthest.
  static let byteCount = 32_774

  /// Tells what `bytes`, the beginning of a file or member, are.
  init(_ bytes: [UInt8]) {
    func has(_ mark: [UInt8], at offset: Int = 0) -> Bool {
      bytes.count >= offset + mark.count && bytes[offset..<(offset + mark.count)].elementsEqual(mark)
    }
    func has(_ mark: String, at offset: Int = 0) -> Bool { has(Array(mark.utf8), at: offset) }

    if has([0x1F, 0x8B]) {
      self = .filter(.gzip)
    } else if has([0x28, 0xB5, 0x2F, 0xFD]) {
      self = .filter(.zstd)
    } else if has("BZh"), Magic.bzip2Marks.contains(where: { has($0, at: 4) }) {
      self = .filter(.bzip2)
    } else if has([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
      self = .filter(.xz)
    } else if has("PK\u{3}\u{4}") || has("PK\u{5}\u{6}") || has("PK\u{7}\u{8}") {
      self = .container(.zip)
    } else if has([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) {
      self = .container(.sevenZip)
    } else if let name = Magic.foreignMarks.first(where: { has($0.mark, at: $0.offset) })?.name {
      self = .foreign(name)
    } else if Magic.isCpio(bytes) {
      self = .foreign("cpio")
    } else if Magic.isTar(bytes) {
      self = .container(.tar)
    } else {
      self = .plain
    }
  }

  /// The six bytes behind a bzip2 header: of a first block, or of the end of an empty file.
  private static let bzip2Marks: [[UInt8]] = [
    [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], [0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
  ]

  private static let foreignMarks: [(name: String, offset: Int, mark: [UInt8])] = [
    ("RAR", 0, Array("Rar!\u{1A}\u{7}".utf8)), ("CAB", 0, Array("MSCF\0\0\0\0".utf8)),
    ("xar", 0, Array("xar!".utf8)), ("ar", 0, Array("!<arch>\n".utf8)), ("WARC", 0, Array("WARC/".utf8)),
    ("LHA", 2, Array("-lh".utf8)), ("ISO 9660", 32_769, Array("CD001".utf8)), ("lz4", 0, [0x04, 0x22, 0x4D, 0x18]),
    ("lzip", 0, Array("LZIP".utf8)), ("compress", 0, [0x1F, 0x9D]), ("lzop", 0, [0x89, 0x4C, 0x5A, 0x4F]),
    ("SQLite", 0, Array("SQLite format 3\0".utf8)), ("Parquet", 0, Array("PAR1".utf8)),
    ("PDF", 0, Array("%PDF-".utf8)), ("OLE document", 0, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
  ]

  /// Whether every byte of a cpio header is a digit, which no delimited text is.
  private static func isCpio(_ bytes: [UInt8]) -> Bool {
    func isDigits(_ count: Int, _ digits: String) -> Bool {
      bytes.count >= count && bytes.prefix(count).allSatisfy(Array(digits.utf8).contains)
    }
    if bytes.starts(with: Array("070707".utf8)) { return isDigits(76, "01234567") }
    guard bytes.starts(with: Array("07070".utf8)), bytes.count > 5, bytes[5] == 0x31 || bytes[5] == 0x32 else {
      return false
    }
    return isDigits(110, "0123456789abcdefABCDEF")
  }

  /// Whether the first block is a tar header (its checksum holds) or the end mark of an empty tar.
  private static func isTar(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 512 else { return false }
    let header = bytes[..<512]
    if header.allSatisfy({ $0 == 0 }) { return true }
    let field = 148..<156
    let sum = header.indices.reduce(0) { $0 + (field.contains($1) ? 0x20 : Int(header[$1])) }
    var stored = 0
    var digitCount = 0
    for byte in header[field] {
      if (0x30...0x37).contains(byte) {
        stored = stored * 8 + Int(byte - 0x30)
        digitCount += 1
      } else if byte != 0x20 || digitCount > 0 {
        break
      }
    }
    return digitCount > 0 && stored == sum
  }
}
