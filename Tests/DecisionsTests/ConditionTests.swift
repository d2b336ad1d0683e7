import Columns
import Decisions
import Testing

@Suite struct ConditionTests {
  @Test func `numbers of every type compare`() {
    let doubles = Column.double(TypedColumn([1, 2, 3, .nan]))
    let ints = Column.int32(TypedColumn([1, 2, 3]))
    let longs = Column.int64(TypedColumn([1, 2, 3]))
    for (comparison, expected) in [
      (.isEqual, [false, true, false]), (.isDifferent, [true, false, true]), (.isAtLeast, [false, true, true]),
      (.isAtMost, [true, true, false]), (.isAbove, [false, false, true]), (.isBelow, [true, false, false]),
    ] as [(Condition.Comparison, [Bool])] {
      let condition = Condition("x", .number(comparison, 2))
      #expect(condition.satisfied(by: ints) == expected)
      #expect(condition.satisfied(by: longs) == expected)
      #expect(condition.satisfied(by: doubles) == expected + [false], "not-a-number satisfies nothing")
    }
    #expect(Condition("x", .numbers([1, 3], isAmong: true)).satisfied(by: ints) == [true, false, true])
    #expect(Condition("x", .numbers([1, 3], isAmong: false)).satisfied(by: doubles) == [false, true, false, false])
  }

  @Test func `texts and flags compare`() {
    let texts = Column.string(TypedColumn(["a", "b"]))
    #expect(Condition("x", .text(["a", "c"], isAmong: true)).satisfied(by: texts) == [true, false])
    #expect(Condition("x", .text(["a", "c"], isAmong: false)).satisfied(by: texts) == [false, true])
    let flags = Column.bool(TypedColumn([true, false]))
    #expect(Condition("x", .flag(false)).satisfied(by: flags) == [false, true])
  }

  @Test(arguments: [
    (Condition("x", .number(.isDifferent, 7)), Column.int32(TypedColumn([1, 0], validity: [true, false]))),
    (Condition("x", .numbers([7], isAmong: false)), .double(TypedColumn([1, 0], validity: [true, false]))),
    (Condition("x", .text(["z"], isAmong: false)), .string(TypedColumn(["a", ""], validity: [true, false]))),
    (Condition("x", .flag(false)), .bool(TypedColumn([false, false], validity: [true, false]))),
  ]) func `a missing value satisfies nothing, not even a difference`(condition: Condition, column: Column) {
    #expect(condition.satisfied(by: column) == [true, false])
  }

  @Test func `a column of another type satisfies nothing`() {
    #expect(Condition("x", .flag(true)).satisfied(by: .string(TypedColumn(["true"]))) == [false])
    #expect(Condition("x", .text(["1"], isAmong: true)).satisfied(by: .int32(TypedColumn([1]))) == [false])
  }
}
