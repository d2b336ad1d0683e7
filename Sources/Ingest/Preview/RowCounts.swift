import Ledger

/// What became of rows and lines, of a file or of one of its members.
public struct RowCounts: Sendable, Hashable {
  /// Rows and lines in all.
  public var read: Int64 = 0
  /// Rows that become facts.
  public var accepted: Int64 = 0
  /// Rows with a fault.
  public var rejected: Int64 = 0
  /// Rows whose record key was seen before.
  public var duplicate: Int64 = 0
  /// Rows that are too old, or lie after the night.
  public var outOfWindow: Int64 = 0
  /// Blank lines.
  public var blank: Int64 = 0
  /// Comment lines.
  public var comment: Int64 = 0
  /// Header lines, skipped ones too.
  public var header: Int64 = 0
  /// Trailer rows.
  public var trailer: Int64 = 0

  /// Zeros.
  init() {}

  /// The counts of a file so far.
  init(_ file: IntakeFile) {
    read = file.readCount
    accepted = file.acceptedCount
    rejected = file.rejectedCount
    duplicate = file.duplicateCount
    outOfWindow = file.outOfWindowCount
    blank = file.blankCount
    comment = file.commentCount
    header = file.headerCount
    trailer = file.trailerCount
  }

  private static var all: [WritableKeyPath<RowCounts, Int64>] {
    [
      \.read, \.accepted, \.rejected, \.duplicate, \.outOfWindow, \.blank, \.comment, \.header, \.trailer,
    ]
  }

  static func - (a: RowCounts, b: RowCounts) -> RowCounts {
    all.reduce(into: a) { $0[keyPath: $1] -= b[keyPath: $1] }
  }

  static func + (a: RowCounts, b: RowCounts) -> RowCounts {
    all.reduce(into: a) { $0[keyPath: $1] += b[keyPath: $1] }
  }

  /// `read 4, accepted 1, …`, and the lines that are no rows, where there are any.
  var text: String {
    let lines = [("header", header), ("blank", blank), ("comment", comment), ("trailer", trailer)]
      .filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }
    return
      "read \(read), accepted \(accepted), rejected \(rejected), duplicate \(duplicate), out of window \(outOfWindow)"
      + (lines.isEmpty ? "" : "; lines: \(lines.joined(separator: ", "))")
  }

  var json: CanonicalJSON {
    .object([
      "accepted": .integer(accepted), "blank": .integer(blank), "comment": .integer(comment),
      "duplicate": .integer(duplicate), "header": .integer(header), "outOfWindow": .integer(outOfWindow),
      "read": .integer(read), "rejected": .integer(rejected), "trailer": .integer(trailer),
    ])
  }
}

/// What became of the rows of one member of an archive.
public struct MemberCounts: Sendable, Hashable {
  /// Its name in the archive.
  public var name: String
  /// Its rows and lines.
  public var counts: RowCounts
}
