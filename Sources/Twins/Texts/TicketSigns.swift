import Columns
import Datasets
import Parallelism

/// A column that a night adds to the facts of a family, for its moment: what catalogues may name beside the kept ones.
package struct DerivedColumn: Sendable, Hashable {
  /// Name, type and meaning.
  let field: ColumnField
  /// The kept columns that it needs beside those that events need anyway.
  let needs: [String]
}

/// What tickets show beyond their columns at one moment: whether they were reopened, and what their words say.
///
/// 1. Walk the tickets of every subscription that is known at the moment; of each keep the row that holds, the newest words
///    and category, and whether it went from resolved or closed to open or pending.
/// 2. Learn the words of the tickets of a year (`TextModel`).
/// 3. Read each of them with the others' words (`TextReader`).
struct TicketSigns: Sendable {
  static let reopened = "is_reopened"
  static let category = "text_category"
  static let cancellationPercent = "text_cancellation_percent"

  /// The columns.
  static let columns = [
    DerivedColumn(
      field: ColumnField(
        reopened, .bool, isNullable: true, "Whether it went from resolved or closed to open or pending."),
      needs: []),
    DerivedColumn(
      field: ColumnField(
        category, .string, isNullable: true,
        "The category that its words point to; missing where no other ticket of a year has any of them."),
      needs: ["category", "text_words"]),
    DerivedColumn(
      field: ColumnField(
        cancellationPercent, .int64, isNullable: true,
        "How likely its words make the category cancellation, in per cent."),
      needs: ["category", "text_words"]),
  ]

  /// The facts with the columns that are asked for; these have values in rows that hold.
  let table: Table
  /// What its words are read by; nil where nobody asks, or too little is learned.
  private let reader: TextReader?

  /// Ranks whose tickets one task walks at a time.
  private static let chunkRankCount = 1 << 15

  /// Finds what is asked for of tickets. Only ranks of which something is known take part: what is learned later bears on
  /// nothing. Tickets are read that were opened within `dayCount` days. `model` is what everybody's tickets teach, where
  /// `tickets` are only some of them.
  init(
    _ asked: Set<String>, _ tickets: Table, _ history: EventHistory, _ events: SubscriptionEvents,
    at moment: TwinMoment,
    _ workers: WorkerThreads, readDayCount dayCount: Int = TextModel.dayCount, model: TextModel? = nil
  ) throws {
    let wanted = TicketSigns.columns.filter { asked.contains($0.field.name) }
    guard !wanted.isEmpty, tickets.rowCount > 0 else {
      table = Table(
        Schema(tickets.schema.fields + wanted.map(\.field)),
        tickets.columns + wanted.map { Column(missing: $0.field.type, tickets.rowCount) })
      reader = nil
      return
    }
    let isRead = wanted.contains { !$0.needs.isEmpty }
    let texts = isRead ? try Texts(tickets) : nil
    let walks = try workers.mapChunks(
      rowCount: events.index.count, chunkRowCount: TicketSigns.chunkRankCount
    ) { ranks in
      Walk(ranks, history, events, texts, at: moment, readDayCount: dayCount)
    }
    if isRead {
      reader = TextReader(
        model
          ?? walks.reduce(into: TextModel()) { sum, walk in
            if let own = walk.model { sum.add(own) }
          })
    } else {
      reader = nil
    }
    let cancellation = TextModel.categories.firstIndex(of: "cancellation") ?? 0
    let readings = try workers.map(taskCount: walks.count) { [reader] number in
      reader.map { walks[number].readings($0, asked: cancellation) } ?? []
    }
    var (isHeld, isReopened) = (Flags(tickets), Flags(tickets))
    var (isSaid, categories, percents) = (Flags(tickets), [UInt8](), [Int64]())
    if isRead {
      categories = [UInt8](repeating: 0, count: tickets.rowCount)
      percents = [Int64](repeating: 0, count: tickets.rowCount)
    }
    for (walk, readings) in zip(walks, readings) {
      for (place, fact) in walk.facts.enumerated() {
        isHeld.values[Int(fact)] = true
        isReopened.values[Int(fact)] = walk.isReopened[place]
      }
      for reading in readings {
        isSaid.values[Int(reading.fact)] = true
        categories[Int(reading.fact)] = reading.category
        percents[Int(reading.fact)] = Int64(reading.percent)
      }
    }
    let names = TextModel.categories
    table = Table(
      Schema(tickets.schema.fields + wanted.map(\.field)),
      tickets.columns
        + wanted.map { column in
          switch column.field.name {
          case TicketSigns.reopened: .bool(TypedColumn(isReopened.values, validity: isHeld.values))
          case TicketSigns.category:
            .string(TypedColumn(categories.map { names[Int($0)] }, validity: isSaid.values))
          default: .int64(TypedColumn(percents, validity: isSaid.values))
          }
        })
  }

  private struct Flags {
    var values: [Bool]
    init(_ table: Table) { values = [Bool](repeating: false, count: table.rowCount) }
  }

  /// What all tickets of a moment teach.
  static func model(
    _ tickets: Table, _ history: EventHistory, _ events: SubscriptionEvents, at moment: TwinMoment
  ) throws -> TextModel {
    Walk(0..<events.index.count, history, events, try Texts(tickets), at: moment, readDayCount: 0).model ?? TextModel()
  }

  /// Whether an aggregate can be told: of one that asks what words say, whether the categories that it names are learned.
  func isKnown(_ aggregate: EventAggregate) -> Bool {
    func knows(_ name: String) -> Bool {
      guard let category = TextModel.categories.firstIndex(of: name) else { return true }
      return reader?.knows(category) ?? false
    }
    return aggregate.conditions.allSatisfy { $0.column != TicketSigns.category || $0.values.allSatisfy(knows) }
      && (aggregate.measure != .column(TicketSigns.cancellationPercent) || knows("cancellation"))
  }

  // MARK: The walk

  /// The columns that texts need.
  private struct Texts: Sendable {
    let words: TypedColumn<String>
    let categories: TypedColumn<String>
    let openedDates: [Int32]

    init(_ tickets: Table) throws(ColumnsError) {
      words = try tickets.string("text_words")
      categories = try tickets.string("category")
      openedDates = try tickets.date("opened_date").values
    }
  }

  /// A ticket whose words were read.
  private struct Reading: Sendable {
    let fact: Int32
    let category: UInt8
    let percent: UInt8
  }

  /// The tickets of some ranks.
  private struct Walk: Sendable {
    /// The rows that hold, and whether the ticket of each was reopened.
    private(set) var facts: [Int32] = []
    private(set) var isReopened: [Bool] = []
    /// The rows that hold of tickets with words that are read, their categories, and where the buckets of each end.
    private var texts: [Int32] = []
    private var categories: [Int8] = []
    private var ends: [Int] = []
    private var buckets: [UInt16] = []
    private(set) var model: TextModel?

    init(
      _ ranks: Range<Int>, _ history: EventHistory, _ events: SubscriptionEvents, _ columns: Texts?,
      at moment: TwinMoment, readDayCount dayCount: Int
    ) {
      var model = columns == nil ? nil : TextModel()
      for rank in ranks where events.isKnown(Int32(rank), at: moment) {
        history.forEachTicket(Int32(rank), at: moment) { rows, isReopened in
          guard let last = rows.last else { return }
          facts.append(Int32(last))
          self.isReopened.append(isReopened)
          guard let columns else { return }
          let age = moment.age(columns.openedDates[last])
          guard (0..<TextModel.dayCount).contains(age),
            let said = rows.last(where: { columns.words.isValid($0) })
          else { return }
          let begin = buckets.count
          WordBuckets.append(columns.words.values[said], to: &buckets)
          guard buckets.count > begin else { return }
          let category = TextModel.categories.firstIndex(of: columns.categories.values[last])
          if let category { model?.learn(buckets[begin...], of: category) }
          guard age < dayCount else { return buckets.removeLast(buckets.count - begin) }
          texts.append(Int32(last))
          categories.append(Int8(category ?? -1))
          ends.append(buckets.count)
        }
      }
      self.model = model
    }

    func readings(_ reader: TextReader, asked: Int) -> [Reading] {
      var begin = 0
      var readings: [Reading] = []
      for place in texts.indices {
        let own = categories[place] < 0 ? nil : Int(categories[place])
        if let said = reader.read(buckets[begin..<ends[place]], own: own, asked: asked) {
          readings.append(
            Reading(fact: texts[place], category: UInt8(said.category), percent: UInt8(said.percent)))
        }
        begin = ends[place]
      }
      return readings
    }
  }
}
