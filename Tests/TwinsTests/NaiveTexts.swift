import Datasets
import Glibc

/// What the words of tickets say, as `DecisionTextSignals.md` has it in words: every count is counted anew, without the ticket.
struct NaiveTexts {
  typealias Row = NaiveTwin.Row

  private struct Ticket {
    let key: [Int64]
    let category: String
    let words: Set<String>
  }

  /// The tickets of a year that have words.
  private let tickets: [Ticket]
  /// What the words of each of them say.
  private var readings: [[Int64]: (category: String, percent: Double)] = [:]
  /// The categories that twenty tickets are filed under; none where there is only one.
  let learned: [String]

  /// `tickets` are the rows of each ticket that is known, in the order in which they count.
  init(_ tickets: [[Row]], asOf: Int64) {
    let read = tickets.compactMap { rows -> Ticket? in
      guard let last = rows.last, (0..<365).contains(asOf - last["opened_date"]!.whole),
        let text = rows.compactMap({ $0["text_words"]?.text }).last
      else { return nil }
      let characters = Array(text)
      return Ticket(
        key: [last["subscription_id"]!.whole, last["ticket_id"]!.whole], category: last["category"]!.text,
        words: Set(stride(from: 0, to: characters.count, by: 2).map { String(characters[$0...$0 + 1]) }))
    }
    let categories = ["network", "billing", "device", "service", "cancellation", "other"]
    let filed = categories.filter { category in read.count { $0.category == category } >= 20 }
    self.tickets = read
    learned = filed.count > 1 ? filed : []
    for ticket in read where !learned.isEmpty { readings[ticket.key] = reading(ticket) }
  }

  /// The category that the words of a ticket point to, and how likely they make cancellation, in per cent.
  func reading(subscription: Int64, ticket: Int64) -> (category: String, percent: Double)? {
    readings[[subscription, ticket]]
  }

  private func reading(_ own: Ticket) -> (category: String, percent: Double)? {
    let all = tickets.filter { learned.contains($0.category) }
    let others = all.filter { $0.key != own.key }
    let words = own.words.filter { word in others.contains { $0.words.contains(word) } }
    guard !words.isEmpty else { return nil }
    let allWordCount = all.reduce(0) { $0 + $1.words.count }
    let scores = learned.map { category -> Double in
      let filed = others.filter { $0.category == category }
      let wordCount = filed.reduce(0) { $0 + $1.words.count }
      return words.reduce(log(Double(filed.count + 1))) { sum, word in
        let having = filed.count { $0.words.contains(word) }
        let everybody = 1 + 65_536 * all.count { $0.words.contains(word) } / allWordCount
        return sum + log(Double(having * 1_024 + everybody)) - log(Double((wordCount + 64) * 1_024))
      }
    }
    let best = scores.max()!
    let share = learned.firstIndex(of: "cancellation").map { exp(scores[$0] - best) } ?? 0
    return (
      learned[scores.firstIndex(of: best)!], 100 * share / scores.reduce(0) { $0 + exp($1 - best) }
    )
  }
}

extension NaiveTwin {
  /// The rows of each ticket of a subscription, in the order in which they count.
  func ticketRows(_ id: Int64) -> [[Row]] {
    let progress = ["open", "pending", "resolved", "closed"]
    return Dictionary(grouping: rows("facts/tickets", "subscription_id", id)) { $0["ticket_id"]!.whole }
      .sorted { $0.key < $1.key }.map { _, rows in
        rows.enumerated().sorted { a, b in
          func key(_ item: (offset: Int, element: Row)) -> [Int64] {
            [day(item.element), Int64(progress.firstIndex(of: item.element["status"]!.text)!)] + order(item.element)
              + [Int64(item.offset)]
          }
          return key(a).lexicographicallyPrecedes(key(b))
        }.map(\.element)
      }
  }

  /// What the words of tickets of all subscriptions say of which something is known.
  func readTexts() -> NaiveTexts {
    let ids = Set(facts["facts/subscriptions", default: []].map { $0["subscription_id"]!.whole }).sorted()
    return NaiveTexts(ids.flatMap { ticketRows($0) }, asOf: asOf)
  }

  /// The tickets of a subscription, each with what it shows beyond its columns.
  func signedTickets(_ id: Int64) -> [Row] {
    ticketRows(id).map { rows in
      var row = rows.last!
      let isClosed = rows.map { ["resolved", "closed"].contains($0["status"]!.text) }
      row["is_reopened"] = .flag(zip(isClosed, isClosed.dropFirst()).contains { $0 && !$1 })
      if let said = texts.reading(subscription: id, ticket: row["ticket_id"]!.whole) {
        row["text_category"] = .text(said.category)
        row["text_cancellation_percent"] = .whole(Int64(said.percent.rounded()))
      }
      return row
    }
  }
}
