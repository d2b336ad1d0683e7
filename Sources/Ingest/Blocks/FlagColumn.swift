/// A source that says flags of a row, by the texts that it may hold.
struct FlagColumn: Sendable {
  /// Index among the feed's sources.
  let source: Int
  /// Bits of each text, as `UsageRow.Flags` counts them.
  let table: ValueTable
}
