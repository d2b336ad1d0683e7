import Columns
import Parallelism

/// What every family of fields needs to know of one moment: who lives, who holds them, which days are complete.
struct TwinScene: Sendable {
  let moment: TwinMoment
  /// The ranks of the living subscriptions, ascending; row `i` of the twin is rank `ranks[i]`.
  let ranks: [Int32]
  /// The subscription of each row.
  let subscriptionIDs: [Int64]
  /// The life of each row.
  let lives: [Life]
  /// The link row of each row, -1 where nobody holds it.
  private let links: [Int32]
  let completeDays: CompleteDays

  /// Subscriptions that a task looks at.
  private static let chunkRowCount = 1 << 14

  init(
    _ events: SubscriptionEvents, _ holders: Holders, coverage: Table, at moment: TwinMoment, _ workers: WorkerThreads
  ) throws {
    let chunks = try workers.mapChunks(rowCount: events.index.count, chunkRowCount: TwinScene.chunkRowCount) { range in
      var living: (ranks: [Int32], lives: [Life], links: [Int32]) = ([], [], [])
      for rank in range.lazy.map(Int32.init) {
        guard let life = events.life(rank, at: moment) else { continue }
        living.ranks.append(rank)
        living.lives.append(life)
        living.links.append(Int32(holders.row(rank, at: moment) ?? -1))
      }
      return living
    }
    self.moment = moment
    ranks = chunks.flatMap(\.ranks)
    lives = chunks.flatMap(\.lives)
    links = chunks.flatMap(\.links)
    subscriptionIDs = ranks.map { events.index.keys[Int($0)] }
    completeDays = try CompleteDays(coverage, at: moment)
  }

  /// A scene of other things than subscriptions: rows without lives and links.
  init(rowCount: Int, like scene: TwinScene) {
    self.init(ranks: Array(0..<Int32(rowCount)), like: scene)
  }

  /// A scene of the subscriptions of some ranks, without lives and links: of their events alone.
  init(ranks: [Int32], like scene: TwinScene) {
    moment = scene.moment
    self.ranks = ranks
    subscriptionIDs = []
    lives = []
    links = []
    completeDays = scene.completeDays
  }

  private init(_ scene: TwinScene, _ rows: Range<Int>) {
    moment = scene.moment
    ranks = Array(scene.ranks[rows])
    subscriptionIDs = Array(scene.subscriptionIDs[rows])
    lives = Array(scene.lives[rows])
    links = Array(scene.links[rows])
    completeDays = scene.completeDays
  }

  /// The number of rows of the twin.
  var rowCount: Int { ranks.count }

  /// The link row that holds for a row, or nil.
  @inline(__always) func link(_ row: Int) -> Int? { links[row] < 0 ? nil : Int(links[row]) }

  /// The scene of some rows alone.
  func slice(_ rows: Range<Int>) -> TwinScene { TwinScene(self, rows) }

  /// A column made row by row, whatever the completeness.
  func column<Value>(_ zero: Value, _ value: (Int) -> Value?) -> TypedColumn<Value> {
    var column = TypedColumn<Value>()
    column.values.reserveCapacity(rowCount)
    for row in 0..<rowCount { column.append(value(row), placeholder: zero) }
    return column
  }

  /// A column of a window: missing throughout unless each of its days is complete.
  func column<Value>(
    _ zero: Value, knownIf isKnown: Bool, _ value: (Int) -> Value?
  ) -> TypedColumn<Value> {
    guard isKnown else { return unknown(zero) }
    return column(zero, value)
  }

  /// A column without any value.
  func unknown<Value>(_ zero: Value) -> TypedColumn<Value> {
    TypedColumn(
      [Value](repeating: zero, count: rowCount),
      validity: rowCount == 0 ? nil : [Bool](repeating: false, count: rowCount))
  }

  /// The days since the newest event, from its age: missing where there is none within 91 days, or where a day after
  /// it is not complete.
  func recency(_ completeDayCount: Int, _ age: (Int) -> Int?) -> Column {
    .int32(
      column(0) { row in
        guard let age = age(row), age < Windows.longest, age <= completeDayCount else { return nil }
        return Int32(age)
      })
  }
}
