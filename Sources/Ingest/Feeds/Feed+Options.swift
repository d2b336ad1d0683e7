import CSV
import Calendar

// What a feed may say beyond the common case.
extension Feed {
  /// The column that says a row's time zone.
  struct ZoneColumn: Sendable, Hashable {
    /// Index into `sources`.
    var source: Int
    /// Delivered texts and the zones that they mean; any other text is an offset or a name.
    var zones: [Named]

    struct Named: Sendable, Hashable {
      var delivered: [UInt8]
      var zone: Zone
    }
  }

  /// A form that a column must have, or its row is rejected.
  struct FieldCheck: Sendable, Hashable {
    /// Index into `sources`.
    var source: Int
    var pattern: FieldPattern
  }

  /// Rows that the feed leaves out: a column has one of these values.
  struct RowFilter: Sendable, Hashable {
    /// Index into `sources`.
    var source: Int
    var values: [[UInt8]]

    func matches(_ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>]) -> Bool {
      let field = UnsafeBufferPointer(rebasing: bytes[ranges[source]])
      return values.contains { $0.elementsEqual(field) }
    }
  }

  /// How many fields a row may have; the mapped ones that it lacks are missing.
  struct FieldCounts: Sendable, Hashable {
    var minimum: Int
    /// Nil where the header, or nothing, bounds it.
    var maximum: Int?
  }

  /// A beginning by which a member is known as something that the feed does not read.
  struct ForeignBeginning: Sendable, Hashable {
    var beginning: [UInt8]
    /// What the refusal says.
    var message: String
  }

  /// A total of a trailer row: what a column adds up to.
  struct TrailerSum: Sendable, Hashable {
    /// Index into `sources`.
    var source: Int
    /// The position, from 0, of the total in the trailer.
    var field: Int
    /// How the column and its total are written, where not in plain form.
    var numberForm: NumberForm?
    /// Texts of the column that add nothing.
    var missing: [[UInt8]] = []
  }

  /// What `dialect` says beyond the records themselves.
  struct TextForm: Sendable, Hashable {
    /// Names of the columns where there is no header: one list, or several that records are told apart by.
    var layouts: [[[UInt8]]] = []
    /// Rows of the header; the first one names the columns.
    var headerLineCount = 1
    /// Whether quotes mean anything.
    var isQuoted = true
    var fieldCounts: FieldCounts?
    var foreign: ForeignBeginning?
  }

  /// Whether the feed has an option that needs more than one column of a row at a time, or bytes other than those
  /// delivered.
  var hasRowOptions: Bool {
    if format != .csv || encoding != nil || textForm != TextForm() || trailer != nil { return true }
    if !checks.isEmpty || !leftOut.isEmpty || zoneColumn != nil || served != nil { return true }
    // By a plan the length of a number tells how it is written.
    if phoneNumbers.nationalLengths != nil { return true }
    if decoders.contains(where: { $0.preparation != nil || $0.reading.isPartwise }) { return true }
    return sources.contains { source in
      switch source {
      case .name: !dialect.hasHeader
      case .position: dialect.hasHeader
      case .occurrence, .path: true
      }
    }
  }
}
