/// What a home should hold after some nights of calls, by the rules alone: every question is answered by going through all
/// deliveries in force from the first row to the last.
struct DeliveryOracle {
  struct Delivery {
    var name: String
    var content: String
    var night: Int
  }

  /// Nights for which a record key is remembered; nil where there is none.
  var window: Int?
  private(set) var deliveries: [Delivery] = []
  private var superseded: Set<String> = []

  init(window: Int?) { self.window = window }

  /// What becomes of the rows of the deliveries in force: accepted seconds and rows by night, duplicates, rejects.
  func judge(_ deliveries: [Delivery]) -> (seconds: [Int: Int], rows: [Int: Int], duplicates: Int, rejects: Int) {
    var (seconds, rows, duplicates, rejects) = ([Int: Int](), [Int: Int](), 0, 0)
    var seen: [(key: Substring, night: Int)] = []
    for delivery in deliveries {
      for row in delivery.content.split(separator: "\n").dropFirst() {
        let fields = row.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == 6, let value = Int(fields[4]) else {
          rejects += 1
          continue
        }
        if let window, seen.contains(where: { $0.key == fields[0] && $0.night > delivery.night - window }) {
          duplicates += 1
          continue
        }
        seen.append((fields[0], delivery.night))
        seconds[delivery.night, default: 0] += value
        rows[delivery.night, default: 0] += 1
      }
    }
    return (seconds, rows, duplicates, rejects)
  }

  /// Looks at the inbox as one night does.
  mutating func night(_ night: Int, _ inbox: [String: String], isSuperseding: Bool) {
    let inForce = Set(deliveries.map(\.content))
    let taken = Set(deliveries.map(\.name))
    var tonight: [Delivery] = []
    for (name, content) in inbox.sorted(by: { $0.key < $1.key }) {
      guard !inForce.contains(content), !superseded.contains(content), isSuperseding || !taken.contains(name),
        !tonight.contains(where: { $0.content == content })
      else { continue }
      tonight.append(Delivery(name: name, content: content, night: night))
    }
    tonight.removeAll { delivery in
      let rows = delivery.content.split(separator: "\n").count - 1
      return rows > 0 && judge([delivery]).rejects * 10 > rows * 9
    }
    let names = Set(tonight.map(\.name))
    superseded.formUnion(deliveries.filter { names.contains($0.name) }.map(\.content))
    deliveries = deliveries.filter { !names.contains($0.name) } + tonight
  }
}
