import Calendar
import Columns

/// The consents in force at the end of a day, asked once more before anything leaves the house.
///
/// Of a person's decisions on a channel and purpose the latest holds; of two at the same instant, the withdrawal. A
/// decision on any channel bears on each.
struct ConsentRecord: Sendable {
  private struct Question: Hashable {
    var person: Int64
    var channel: String
    var purpose: String
  }

  private struct Answer {
    var instant: Int64
    var isGranted: Bool
  }

  static let anyChannel = "any"
  private var answers: [Question: Answer] = [:]

  /// Reads `facts/consents`; only `persons` are remembered.
  init(_ tables: [Table], of persons: Set<Int64>, asOf day: Day) throws {
    for table in tables {
      let person = try table.int64("person_id")
      let date = try table.date("event_date")
      let known = try table.date("known_date")
      let instant = try table.timestamp("decided_at")
      let channel = try table.string("channel")
      let purpose = try table.string("purpose")
      let isGranted = try table.bool("is_granted")
      for row in 0..<table.rowCount
      where persons.contains(person.values[row]) && date.values[row] <= day.rawValue
        && known.values[row] <= day.rawValue
      {
        let question = Question(
          person: person.values[row], channel: channel.values[row], purpose: purpose.values[row])
        let answer = Answer(instant: instant.values[row], isGranted: isGranted.values[row])
        answers[question] = ConsentRecord.newer(answers[question], answer)
      }
    }
  }

  private static func newer(_ a: Answer?, _ b: Answer) -> Answer {
    guard let a else { return b }
    if a.instant != b.instant { return a.instant > b.instant ? a : b }
    return a.isGranted ? b : a
  }

  /// Whether consent is granted (true), withdrawn (false) or was never asked for (nil).
  func isGranted(_ person: Int64, channel: String, purpose: String) -> Bool? {
    let own = answers[Question(person: person, channel: channel, purpose: purpose)]
    let any = answers[Question(person: person, channel: ConsentRecord.anyChannel, purpose: purpose)]
    guard let any else { return own?.isGranted }
    return ConsentRecord.newer(own, any).isGranted
  }

  /// Whether profiling is consented to, on whatever channel the decision was taken down for.
  func isProfilingGranted(_ person: Int64) -> Bool? {
    let channels = ["call", "email", "push", "sms", ConsentRecord.anyChannel]
    let found = channels.compactMap { answers[Question(person: person, channel: $0, purpose: "profiling")] }
    guard let first = found.first else { return nil }
    return found.dropFirst().reduce(first) { ConsentRecord.newer($0, $1) }.isGranted
  }
}
