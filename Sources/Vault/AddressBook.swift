public import Calendar
public import Columns
public import Ledger

/// The addresses of persons: who may be reached by e-mail, and where.
public struct AddressBook: Sendable {
  /// An address that a night learned.
  public struct Row: Sendable, Hashable {
    /// Pseudonym of the person.
    public var person: Int64
    /// The address; empty where it was taken back.
    public var email: String
    /// The first day on which it holds.
    public var validFrom: Day
    /// The night that learned it.
    public var knownDate: Day
    /// The delivered file that brought it.
    public var file: String
    /// The line there.
    public var line: Int64

    /// Makes a row.
    public init(person: Int64, email: String, validFrom: Day, knownDate: Day, file: String, line: Int64) {
      self.person = person
      self.email = email
      self.validFrom = validFrom
      self.knownDate = knownDate
      self.file = file
      self.line = line
    }
  }

  private var emails: [Int64: String] = [:]

  /// Makes the book of some rows: of a person's rows the one with the latest start counts, then the latest known.
  public init(_ rows: [Row]) {
    let ordered = rows.sorted { a, b in
      a.validFrom != b.validFrom
        ? a.validFrom < b.validFrom : (a.knownDate, a.file, a.line) < (b.knownDate, b.file, b.line)
    }
    for row in ordered { emails[row.person] = row.email.isEmpty ? nil : row.email }
  }

  /// Reads the book of a state as of a day: every live file of `vault/addresses/`, without later starts.
  public static func load(_ home: Home, _ state: LiveState, asOf day: Day) throws -> AddressBook {
    var found: [Row] = []
    for product in state.products(under: "vault/addresses/") {
      found += try rows(ParquetFile.read(home.url(product.name)))
    }
    return AddressBook(found.filter { $0.validFrom <= day })
  }

  /// The e-mail address of a person, or nil.
  public func email(of person: Int64) -> String? { emails[person] }
  /// The number of persons with an address.
  public var personCount: Int { emails.count }

  /// The columns of `vault/addresses`.
  public static let schema = Schema([
    ColumnField("person_id", .int64, "Pseudonym of the person."),
    ColumnField("email", .string, "The address; empty where it was taken back."),
    ColumnField("valid_from", .date, "First day on which it holds."),
    ColumnField("known_date", .date, "The night that learned it."),
    ColumnField("file", .string, "The delivered file that brought it."),
    ColumnField("line", .int64, "The line there."),
  ])

  /// The table of some rows, in their order.
  public static func table(_ rows: [Row]) -> Table {
    Table(
      schema,
      [
        .int64(TypedColumn(rows.map(\.person))), .string(TypedColumn(rows.map(\.email))),
        .date(TypedColumn(rows.map(\.validFrom.rawValue))), .date(TypedColumn(rows.map(\.knownDate.rawValue))),
        .string(TypedColumn(rows.map(\.file))), .int64(TypedColumn(rows.map(\.line))),
      ])
  }

  /// The rows of a table, in its order.
  public static func rows(_ table: Table) throws(ColumnsError) -> [Row] {
    let person = try table.int64("person_id")
    let email = try table.string("email")
    let from = try table.date("valid_from")
    let known = try table.date("known_date")
    let file = try table.string("file")
    let line = try table.int64("line")
    return (0..<table.rowCount).map { row in
      Row(
        person: person.values[row], email: email.values[row], validFrom: Day(rawValue: from.values[row]),
        knownDate: Day(rawValue: known.values[row]), file: file.values[row], line: line.values[row])
    }
  }
}
