/// What the network's systems tell of outages: a row when one begins, and a row when it is over.
///
/// Which cells are out on which days is the world's. The times of day and the cause are draws of a purpose of their own, so
/// that the rest of the world is the same with and without these files.
struct OutageReports: Sendable {
  static let header = "cell,started,ended,outage,kind"
  /// Outages that are works, announced within the operator.
  private static let plannedShare = 0.15
  /// They begin until eight in the morning and end from four in the afternoon on.
  private static let firstSeconds = 0...8 * 3_600
  private static let lastSeconds = 16 * 3_600...86_399

  /// What was known before the first raw night.
  private(set) var history = RowText()
  /// What each raw night is told.
  private(set) var nightly: [RowText]

  init(_ world: World) {
    nightly = Array(repeating: RowText(), count: world.settings.rawNightCount)
    for cell in 0..<World.cellCount {
      var day = 0
      while day < world.dayCount {
        guard world.isOut(cell: cell, on: day) else {
          day += 1
          continue
        }
        var last = day
        while last < world.lastDay, world.isOut(cell: cell, on: last + 1) { last += 1 }
        add(cell, day...last, world)
        day = last + 1
      }
    }
  }

  /// Tells an outage over some days; one that reaches the last day of the run is not over.
  private mutating func add(_ cell: Int, _ days: ClosedRange<Int>, _ world: World) {
    var stream = world.draws.stream(.outageReport, cell, days.lowerBound)
    let start = stream.integer(OutageReports.firstSeconds)
    let end = stream.integer(OutageReports.lastSeconds)
    let kind = stream.happens(OutageReports.plannedShare) ? "planned" : "fault"
    let isOver = days.upperBound < world.lastDay
    func write(_ row: inout RowText, isOver: Bool) {
      row.add("C")
      row.add(cell, width: 4)
      row.comma()
      row.day(world.date(days.lowerBound))
      row.add(" ")
      row.clock(start)
      row.comma()
      if isOver {
        row.day(world.date(days.upperBound))
        row.add(" ")
        row.clock(end)
      }
      row.comma()
      row.key("N", cell * world.dayCount + days.lowerBound)
      row.field(kind)
      row.newline()
    }
    // A night is told of the beginning where the end is not known yet; a history of what is over tells it once.
    if !isOver || (days.count > 1 && days.upperBound >= world.firstRawDay) {
      if days.lowerBound < world.firstRawDay {
        write(&history, isOver: false)
      } else {
        write(&nightly[days.lowerBound - world.firstRawDay], isOver: false)
      }
    }
    guard isOver else { return }
    if days.upperBound < world.firstRawDay {
      write(&history, isOver: true)
    } else {
      write(&nightly[days.upperBound - world.firstRawDay], isOver: true)
    }
  }
}
