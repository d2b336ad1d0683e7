import Calendar
import Ledger
import Vault

// Number assignments: what the book takes, what it rejects, and what waits until there is room.
extension NightWork {
  /// Takes files of number assignments and puts these into the book; what conflicts becomes a reject.
  ///
  /// A file whose conflicts exceed its feed's threshold is refused, and the book is made anew without it. What earlier
  /// nights rejected, `waiting`, is judged again beside the new rows, and holds where it conflicts no longer.
  mutating func takeNumbers(
    _ outcomes: [FileOutcome], waiting: [NumberAssignment], into book: inout NumberBook
  ) throws {
    take(outcomes)
    guard !results.isEmpty else { return }
    let before = book
    while true {
      book = before
      let pending = results.indices.flatMap { file in
        results[file].result.assignments.indices.map { (file: file, row: $0) }
      }
      let rows = pending.map { results[$0.file].result.assignments[$0.row].assignment }
      let conflicts = book.add(rows + waiting)
      var judged = results
      var refusedRows: Set<Int> = []
      for conflict in conflicts where conflict.index < pending.count {
        let place = pending[conflict.index]
        refusedRows.insert(conflict.index)
        var reject = judged[place.file].result.assignments[place.row].reject
        let member = reject.member.map { " member \($0)" } ?? ""
        reject.message +=
          ": this is \(judged[place.file].result.intake.name)\(member) line \(reject.line), the other \(conflict.otherSource)"
        judged[place.file].result.rejects.append(reject)
        judged[place.file].result.intake.acceptedCount -= 1
        judged[place.file].result.intake.rejectedCount += 1
      }
      if let worst = judged.indices.first(where: {
        judged[$0].result.exceeds(folder.feeds[judged[$0].feed].rejectThreshold)
      }) {
        let intake = judged[worst].result.intake
        let refusal = FileRefusal(
          "too-many-rejects", "\(intake.rejectedCount) rows were rejected, more than the threshold allows")
        refuse(intake.name, judged[worst].feed, intake.sha256, refusal)
        refusedFiles.append(FilePreview(judged[worst].result, refusal))
        results.remove(at: worst)
        continue
      }
      assignments = pending.indices.filter { !refusedRows.contains($0) }.map {
        rows[$0]
      }
      settle(waiting, rejected: refusedRows.sorted().map { rows[$0] }, accepted: assignments, book)
      for index in judged.indices {
        judged[index].result.rejects.sort { ($0.memberIndex, $0.recordByte) < ($1.memberIndex, $1.recordByte) }
        judged[index].result.assignments = []
      }
      results = judged
      return
    }
  }

  /// Adds what waited and holds now, known since tonight, and keeps what waits still: one row an assignment, the newest.
  private mutating func settle(
    _ waiting: [NumberAssignment], rejected: [NumberAssignment], accepted: [NumberAssignment], _ book: NumberBook
  ) {
    let numbers = Set(waiting.map(\.number))
    let held = Set(book.assignments.filter { numbers.contains($0.number) })
    let said = Dictionary(grouping: accepted.filter { numbers.contains($0.number) }, by: \.number)
    var left = Dictionary(grouping: rejected, by: \.number).mapValues { rows in
      // Of several rows on one assignment the last one counts.
      rows.indices.filter { row in !rows[(row + 1)...].contains { $0.replaces(rows[row]) } }.map { rows[$0] }
    }
    for assignment in waiting {
      if held.contains(assignment) {
        var own = assignment
        own.knownDate = night
        assignments.append(own)
        admittedCount += 1
      } else if !((said[assignment.number] ?? []) + (left[assignment.number] ?? []))
        .contains(where: { $0.replaces(assignment) })
      {
        left[assignment.number, default: []].append(assignment)
      }
    }
    let all = left.values.joined().sorted { a, b in
      (a.number, a.validFrom, a.subscription) < (b.number, b.validFrom, b.subscription)
    }
    contested = all == waiting ? nil : all
  }

  /// What a person should know of assignments that were rejected and hold now.
  var admissionWarning: String? {
    admittedCount == 0
      ? nil
      : "\(admittedCount) number \(admittedCount == 1 ? "assignment that was" : "assignments that were") rejected before "
        + "\(admittedCount == 1 ? "holds" : "hold") now, since nothing overlaps any more"
  }
}
