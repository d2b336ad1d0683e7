import Ledger

/// The rows of a file that have one fault in one column: how many, and where the first of them stand.
public struct FaultGroup: Sendable, Hashable {
  /// One of the rows.
  public struct Place: Sendable, Hashable {
    /// The member, where the file is an archive.
    public var member: String?
    /// The physical line on which the record starts, from 1.
    public var line: Int64
    /// The record's shape: letters as x, digits as 9.
    public var shape: String
  }

  /// The code of the fault (Feeds.md).
  public let code: String
  /// The position of the column, from 1; nil where no column is to blame, or where it has no position.
  public let columnIndex: Int32?
  /// The column's name or path.
  public let column: String?
  /// What would have been right.
  public let expected: String?
  /// One sentence.
  public let message: String
  /// The number of rows.
  public private(set) var rowCount = 0
  /// The first rows.
  public private(set) var first: [Place] = []

  /// The rows that are shown of a group.
  static let placeLimit = 3

  /// Groups the rejects of a file: the most frequent first.
  static func groups(_ rejects: [RejectRow]) -> [FaultGroup] {
    var groups: [FaultGroup] = []
    var indices: [[String]: Int] = [:]
    for reject in rejects {
      let key = [reject.code, reject.column ?? "", reject.columnIndex.map(String.init) ?? ""]
      let index = indices[key] ?? groups.count
      if index == groups.count {
        groups.append(FaultGroup(reject))
        indices[key] = index
      }
      groups[index].add(reject)
    }
    return groups.sorted { a, b in
      a.rowCount != b.rowCount
        ? a.rowCount > b.rowCount
        : (a.code, a.columnIndex ?? 0, a.column ?? "") < (b.code, b.columnIndex ?? 0, b.column ?? "")
    }
  }

  private init(_ reject: RejectRow) {
    code = reject.code
    columnIndex = reject.columnIndex
    column = reject.column
    expected = reject.expected
    message = reject.message
  }

  private mutating func add(_ reject: RejectRow) {
    rowCount += 1
    guard first.count < FaultGroup.placeLimit else { return }
    first.append(Place(member: reject.member, line: reject.line, shape: reject.masked))
  }

  /// Lines for people.
  var lines: [String] {
    let place = columnIndex.map { " in column \($0)" } ?? (column == nil ? "" : " in column")
    let name = column.map { " '\(ProposalText.comment($0))'" } ?? ""
    let wanted = expected.map { "; expected: \($0)" } ?? ""
    let rows = rowCount == 1 ? "1 row" : "\(rowCount) rows"
    return ["  \(rows) \(code)\(place)\(name): \(message)\(wanted)"]
      + first.map { place in
        let member = place.member.map { " of \(ProposalText.comment($0))" } ?? ""
        return "    line \(place.line)\(member): \(place.shape)"
      }
  }

  var json: CanonicalJSON {
    var members: [String: CanonicalJSON] = [
      "code": .string(code), "message": .string(message), "rowCount": .integer(Int64(rowCount)),
      "first": .array(
        first.map { place in
          var members: [String: CanonicalJSON] = ["line": .integer(place.line), "shape": .string(place.shape)]
          if let member = place.member { members["member"] = .string(member) }
          return .object(members)
        }),
    ]
    if let columnIndex { members["columnIndex"] = .integer(Int64(columnIndex)) }
    if let column { members["column"] = .string(column) }
    if let expected { members["expected"] = .string(expected) }
    return .object(members)
  }
}
