import Ledger

// What the rows of a file add up to: no sum of theirs may leave 64 bits, and none may be lost on the way to the facts.
extension FileReading {
  /// Throws where the row's measures find no room beside those of the file's rows before it.
  ///
  /// Rows that are read in chunks are looked at when all of them are read; what an earlier night took stays taken.
  func checkAmounts() throws(RowFault) {
    guard defersKeys || task.isTakenBefore || amounts.hasRoom(for: measureValues) else {
      throw RowFault(
        "out-of-range", expected: "measures that add up to at most \(AmountSum.limit) in a file",
        "with this row the measures of the file add up to too much")
    }
  }

  /// Adds the measures of a row that is accepted.
  mutating func addAmounts() {
    amounts.add(measureValues)
    // In range, but for a delivery that was taken before there was a limit; the balance adds up likewise.
    if let sum = result.intake.measureSum { result.intake.measureSum = measureValues.reduce(sum, &+) }
  }
}
