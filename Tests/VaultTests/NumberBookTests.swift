import Calendar
import Columns
import Randomness
import Testing
import Vault

@Suite struct NumberBookTests {
  private func row(
    _ number: UInt64, _ subscription: Int64, _ from: Int64, _ to: Int64?, night: Int32 = 0, file: String = "n.csv",
    line: Int64 = 1
  ) -> NumberAssignment {
    NumberAssignment(
      number: number, subscription: subscription, validFrom: from, validTo: to, knownDate: Day(rawValue: night),
      delivery: 7, file: file, line: line)
  }

  @Test func `a recycled number belongs to whoever owned it at the instant`() {
    var book = NumberBook()
    #expect(book.add([row(49_170_000_001, 11, 100, 200, line: 1), row(49_170_000_001, 22, 290, nil, line: 2)]).isEmpty)
    #expect(book.subscription(ofNumber: 49_170_000_001, at: 99) == nil)
    #expect(book.subscription(ofNumber: 49_170_000_001, at: 100) == 11)
    #expect(book.subscription(ofNumber: 49_170_000_001, at: 199) == 11)
    #expect(book.subscription(ofNumber: 49_170_000_001, at: 200) == nil)
    #expect(book.subscription(ofNumber: 49_170_000_001, at: 290) == 22)
    #expect(book.subscription(ofNumber: 49_170_000_002, at: 290) == nil)
    #expect(book.number(ofSubscription: 11, at: 250) == nil)
    #expect(book.number(ofSubscription: 22, at: 300) == 49_170_000_001)
  }

  @Test func `an overlap is refused and names the assignment that stands`() {
    var book = NumberBook()
    _ = book.add([row(1, 11, 100, nil, file: "first.csv", line: 5)])
    let conflicts = book.add([row(1, 22, 150, nil, night: 1, file: "second.csv", line: 9)])
    #expect(conflicts.map(\.index) == [0])
    #expect(conflicts.map(\.otherSource) == ["first.csv line 5 of 1970-01-01"])
    #expect(book.subscription(ofNumber: 1, at: 200) == 11)
  }

  @Test func `a closing makes room for the next owner, whatever the order of the rows`() {
    for order in [[0, 1], [1, 0]] {
      var book = NumberBook()
      _ = book.add([row(1, 11, 100, nil)])
      let rows = [row(1, 11, 100, 150, night: 1, line: 2), row(1, 22, 150, nil, night: 1, line: 1)]
      #expect(book.add(order.map { rows[$0] }).isEmpty)
      #expect(book.subscription(ofNumber: 1, at: 149) == 11)
      #expect(book.subscription(ofNumber: 1, at: 150) == 22)
    }
  }

  @Test(arguments: [[0, 1], [1, 0]])
  func `corrections of several owners are taken together, and one by one where they clash`(order: [Int]) {
    var book = NumberBook()
    #expect(
      book.add([row(1, 11, 100, 200, line: 1), row(1, 22, 200, 300, line: 2), row(1, 33, 300, nil, line: 3)]).isEmpty)
    // The number never was 33's, and 22 had it for longer: the longer time alone would overlap.
    let rows = [row(1, 22, 200, 400, night: 1, line: 1), row(1, 33, 300, 300, night: 1, line: 2)]
    #expect(book.add(order.map { rows[$0] }).isEmpty)
    #expect(book.assignments.count == 2)
    #expect(book.subscription(ofNumber: 1, at: 350) == 22)
    // Two that clash with one that stands: the first by file and line is refused, the other is taken.
    let clashing = [row(1, 22, 200, 500, night: 2, line: 1), row(1, 11, 100, 250, night: 2, line: 2)]
    let conflicts = book.add(order.map { clashing[$0] })
    #expect(conflicts.map { order[$0.index] } == [1])
    #expect(book.subscription(ofNumber: 1, at: 450) == 22)
    #expect(book.subscription(ofNumber: 1, at: 150) == 11)
  }

  @Test func `the last row of a night counts for an assignment that it repeats`() {
    var book = NumberBook()
    #expect(book.add([row(1, 11, 100, nil, line: 1), row(1, 11, 100, 120, line: 2)]).isEmpty)
    #expect(book.assignments.count == 1)
    #expect(book.subscription(ofNumber: 1, at: 130) == nil)
  }

  @Test func `a random world of recycled numbers answers as a naive search does`() {
    let random = CounterRandom(seed: 42, stream: 1)
    var rows: [NumberAssignment] = []
    for number in 0..<300 {
      var time = Int64(random.integer(below: 50, UInt64(number), 0))
      for owner in 0..<random.integer(below: 12, UInt64(number), 1) {
        let length = 1 + Int64(random.integer(below: 40, UInt64(number), 10 + owner))
        rows.append(
          row(UInt64(number * 7), Int64(number * 100) + Int64(owner), time, time + length, line: Int64(rows.count)))
        time += length + Int64(random.integer(below: 3, UInt64(number), 100 + owner))
      }
    }
    var book = NumberBook()
    // Half of them on one night, half on the next, each shuffled by a stride.
    let firstHalf = rows.indices.filter { $0 % 2 == 0 }.map { rows[$0] }.reversed()
    let secondHalf = rows.indices.filter { $0 % 2 == 1 }.map { rows[$0] }
    #expect(book.add(Array(firstHalf)).isEmpty)
    #expect(book.add(secondHalf).isEmpty)
    #expect(book.assignments.count == rows.count)
    for draw in 0..<20_000 {
      let number = random.integer(below: 300 * 7, UInt64(draw), 7)
      let time = Int64(random.integer(below: 700, UInt64(draw), 8))
      let owner = rows.first { $0.number == number && $0.validFrom <= time && time < $0.validTo ?? .max }
      #expect(book.subscription(ofNumber: number, at: time) == owner?.subscription)
      if let owner { #expect(book.number(ofSubscription: owner.subscription, at: time) == number) }
    }
  }

  @Test func `assignments survive the way through a table`() throws {
    let rows = [row(49_170_000_001, 11, -100, nil), row(2, 22, 5, 9, night: 20_000, file: "ü.csv", line: 3)]
    #expect(try NumberAssignment.rows(NumberAssignment.table(rows)) == rows)
  }
}
