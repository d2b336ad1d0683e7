import Columns
import Parallelism

/// What has changed the number of subscriptions of each product, from events, not from what two nights differ in.
///
/// Of every product: base 28 days ago + adds + changes in − terminations − changes out = base, over 28 days.
struct ProductMovements: Sendable {
  /// The ways in which a base changes.
  enum Kind: String, CaseIterable {
    /// Activations of the product.
    case add
    /// Terminations with the product in force before.
    case termination
    /// Those by notice or port-out.
    case voluntaryTermination = "voluntary_termination"
    /// Living subscriptions that came to the product, and those that left it.
    case changeIn = "plan_change_in"
    case changeOut = "plan_change_out"

    /// The name of the field of a window.
    func fieldName(_ days: Int) -> String { "\(rawValue)_count_\(days)d" }
  }

  /// The windows in days, ascending.
  static let windows = [7, 28]
  /// The days after the base that is looked back at.
  static let baseAge = 28
  /// Subscriptions that one task follows at a time.
  private static let chunkCount = 1 << 15

  private let productCount: Int
  /// Counts of each product, by kind and window.
  private var counts: [Kind: [[Int32]]]
  /// Subscriptions of each product at the end of the day 28 days ago.
  private(set) var base: [Int32]

  private init(productCount: Int) {
    self.productCount = productCount
    let none = [Int32](repeating: 0, count: productCount)
    counts = Dictionary(uniqueKeysWithValues: Kind.allCases.map { ($0, ProductMovements.windows.map { _ in none }) })
    base = none
  }

  /// Follows every subscription. `products` is the rank of the product that each event row names: below 0 where it names
  /// none (`none`) or one that has no row.
  init(
    _ events: SubscriptionEvents, products: [Int32], productCount: Int, at moment: TwinMoment, _ workers: WorkerThreads
  ) throws {
    self.init(productCount: productCount)
    let ranks = Int32(events.index.count)
    let chunks = stride(from: 0, to: ranks, by: ProductMovements.chunkCount).map {
      $0..<min($0 + Int32(ProductMovements.chunkCount), ranks)
    }
    let parts = try workers.map(taskCount: chunks.count) { number in
      var part = ProductMovements(productCount: productCount)
      for rank in chunks[number] { part.follow(rank, events, products, moment) }
      return part
    }
    for part in parts { add(part) }
  }

  /// Stands for an event that names no product.
  static let none: Int32 = -1

  /// Movements of a kind within a window, of each product.
  func counts(_ kind: Kind, window: Int) -> [Int32] { counts[kind]?[window] ?? [] }

  private mutating func follow(
    _ rank: Int32, _ events: SubscriptionEvents, _ products: [Int32], _ moment: TwinMoment
  ) {
    var isAlive = false
    var product = ProductMovements.none
    var isBaseTaken = false
    events.forEach(of: rank, at: moment) { event in
      if !isBaseTaken, event.age < ProductMovements.baseAge {
        if isAlive, product >= 0 { base[Int(product)] += 1 }
        isBaseTaken = true
      }
      let named = products[event.row]
      switch event.change {
      case .end(let isVoluntary):
        guard isAlive else { return }
        count(.termination, product, event.age)
        if isVoluntary { count(.voluntaryTermination, product, event.age) }
        isAlive = false
        product = ProductMovements.none
      case .start where !isAlive:
        isAlive = true
        product = named
        count(.add, product, event.age)
      case .start, .other:
        guard isAlive, named != ProductMovements.none, named != product else { return }
        count(.changeOut, product, event.age)
        count(.changeIn, named, event.age)
        product = named
      }
    }
    if !isBaseTaken, isAlive, product >= 0 { base[Int(product)] += 1 }
  }

  private mutating func count(_ kind: Kind, _ product: Int32, _ age: Int) {
    guard product >= 0 else { return }
    for (window, days) in ProductMovements.windows.enumerated() where age < days {
      counts[kind]?[window][Int(product)] += 1
    }
  }

  private mutating func add(_ part: ProductMovements) {
    for product in 0..<productCount { base[product] += part.base[product] }
    for kind in Kind.allCases {
      for window in ProductMovements.windows.indices {
        let more = part.counts(kind, window: window)
        for product in 0..<productCount { counts[kind]?[window][product] += more[product] }
      }
    }
  }
}
