/// Runs one pattern over field after field; its memory is made once.
package struct FieldPatternMatcher: Sendable {
  private struct Threads {
    /// Places in the program, the preferred one first.
    var places: [Int] = []
    /// Whether a place is among them, by the step that put it there.
    var marks: [Int]
    /// Captures of each thread, `slotCount` a thread.
    var slots: [Int] = []

    init(_ count: Int) { marks = Array(repeating: -1, count: count) }

    mutating func removeAll() {
      places.removeAll(keepingCapacity: true)
      slots.removeAll(keepingCapacity: true)
    }

    /// Follows all steps from `place` that take no byte. The depth is bounded by the program.
    mutating func add(
      _ place: Int, at position: Int, _ program: [FieldPattern.Instruction], step: Int, _ captures: inout [Int]
    ) {
      guard marks[place] != step else { return }
      marks[place] = step
      switch program[place] {
      case .jump(let target): add(target, at: position, program, step: step, &captures)
      case .split(let first, let second):
        add(first, at: position, program, step: step, &captures)
        add(second, at: position, program, step: step, &captures)
      case .save(let slot):
        let before = captures[slot]
        captures[slot] = position
        add(place + 1, at: position, program, step: step, &captures)
        captures[slot] = before
      case .take, .match:
        places.append(place)
        slots.append(contentsOf: captures)
      }
    }
  }

  let pattern: FieldPattern
  private var current: Threads
  private var next: Threads
  private var step = 0
  /// Captures of the thread in progress, and of the match.
  private var slots: [Int]
  private var found: [Int] = []

  /// Makes room for a pattern's threads.
  package init(_ pattern: FieldPattern) {
    self.pattern = pattern
    current = Threads(pattern.program.count)
    next = Threads(pattern.program.count)
    slots = Array(repeating: -1, count: 2 * pattern.groupCount)
  }

  /// Whether the pattern matches all of `bytes`. O(program · bytes), whatever both hold.
  package mutating func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    found.removeAll(keepingCapacity: true)
    var isFound = false
    current.removeAll()
    for index in slots.indices { slots[index] = -1 }
    step += 1
    current.add(0, at: 0, pattern.program, step: step, &slots)
    for position in 0...bytes.count {
      if current.places.isEmpty { break }
      step += 1
      next.removeAll()
      for thread in current.places.indices {
        let place = current.places[thread]
        switch pattern.program[place] {
        case .take(let set):
          guard position < bytes.count, set.contains(bytes[position]) else { continue }
          load(thread)
          next.add(place + 1, at: position + 1, pattern.program, step: step, &slots)
        case .match:
          // Only the end of the field ends a match; there, the first thread wins.
          guard position == bytes.count, !isFound else { continue }
          load(thread)
          found = slots
          isFound = true
        default: continue
        }
      }
      swap(&current, &next)
    }
    return isFound
  }

  /// The range of a group, from 1, in the last match; nil where the group took no part.
  package func range(ofGroup group: Int) -> Range<Int>? {
    let start = found[2 * group - 2]
    let end = found[2 * group - 1]
    return start >= 0 && end >= start ? start..<end : nil
  }

  private mutating func load(_ thread: Int) {
    let count = slots.count
    for index in 0..<count { slots[index] = current.slots[thread * count + index] }
  }
}
