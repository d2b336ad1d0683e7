/// Numbers that were seen, as runs: consecutive ones cost nothing.
package struct NumberRuns: Sendable, Hashable {
  /// All numbers from the first to the last.
  package typealias Run = ClosedRange<Int64>

  /// Runs in the order in which they came; what is seen twice is in two of them.
  package private(set) var runs: [Run] = []
  private var packedCount = 0

  /// Makes an empty set.
  package init(_ runs: [Run] = []) { self.runs = runs }

  /// Adds a number.
  package mutating func add(_ number: Int64) {
    if let last = runs.last, number > 0, last.upperBound == number - 1 {
      runs[runs.count - 1] = last.lowerBound...number
      return
    }
    runs.append(number...number)
    if runs.count > 2 * packedCount + 1_000 { pack() }
  }

  /// Joins runs: each number then stands in one run, or in two where it was seen more than once.
  package mutating func pack() {
    let judged = judged()
    runs = judged.seen + judged.repeated
    packedCount = runs.count
  }

  /// What was seen, what was seen more than once, and what lacks between the first and the last, each ascending and
  /// without neighbours. O(runs × log runs).
  package func judged() -> (seen: [Run], repeated: [Run], missing: [Run]) {
    var seen: [Run] = []
    var repeated: [Run] = []
    for run in runs.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
      guard let last = seen.last, run.lowerBound <= last.upperBound else {
        NumberRuns.append(run, to: &seen)
        continue
      }
      NumberRuns.append(run.lowerBound...min(run.upperBound, last.upperBound), to: &repeated)
      if run.upperBound > last.upperBound { seen[seen.count - 1] = last.lowerBound...run.upperBound }
    }
    let missing = zip(seen, seen.dropFirst()).map { ($0.upperBound + 1)...($1.lowerBound - 1) }
    return (seen, repeated, missing)
  }

  private static func append(_ run: Run, to runs: inout [Run]) {
    guard let last = runs.last, run.lowerBound - 1 <= last.upperBound else { return runs.append(run) }
    runs[runs.count - 1] = last.lowerBound...max(last.upperBound, run.upperBound)
  }
}
