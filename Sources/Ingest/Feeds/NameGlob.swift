/// A pattern on names: `*` any run of characters, `?` any one character, `[a-z]` and `[!a-z]` one of a set.
///
/// Works on bytes, so `?` is one byte. The whole name must match; a `*` also spans slashes.
package struct NameGlob: Sendable, Hashable {
  private enum Step: Sendable, Hashable {
    case byte(UInt8)
    case anyByte
    case anyRun
    case set([ClosedRange<UInt8>], isNegated: Bool)
  }

  /// The pattern as written.
  package let text: String
  private let steps: [Step]

  /// Reads a pattern; nil where it is empty or a set is open or empty.
  package init?(_ text: String) {
    guard !text.isEmpty else { return nil }
    self.text = text
    var steps: [Step] = []
    var rest = ArraySlice(text.utf8)
    while let byte = rest.popFirst() {
      switch byte {
      case 0x2A: if steps.last != .anyRun { steps.append(.anyRun) }
      case 0x3F: steps.append(.anyByte)
      case 0x5B:
        guard let end = rest.dropFirst().firstIndex(of: 0x5D) else { return nil }
        var members = rest[rest.startIndex..<end]
        rest = rest[(end + 1)...]
        let isNegated = members.first == 0x21
        if isNegated { members = members.dropFirst() }
        guard let ranges = NameGlob.ranges(members) else { return nil }
        steps.append(.set(ranges, isNegated: isNegated))
      default: steps.append(.byte(byte))
      }
    }
    self.steps = steps
  }

  private static func ranges(_ members: ArraySlice<UInt8>) -> [ClosedRange<UInt8>]? {
    var ranges: [ClosedRange<UInt8>] = []
    var rest = members
    while let first = rest.popFirst() {
      if rest.count >= 2, rest.first == 0x2D {
        let last = rest[rest.startIndex + 1]
        guard first <= last else { return nil }
        ranges.append(first...last)
        rest = rest.dropFirst(2)
      } else {
        ranges.append(first...first)
      }
    }
    return ranges.isEmpty ? nil : ranges
  }

  /// Whether the whole of `name` matches. O(|name|·|pattern|) at worst.
  package func matches(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    var step = 0
    var position = 0
    // Where to go on after the last `*` when a later step fails: it swallows one byte more.
    var resume: (step: Int, position: Int)?
    while position < bytes.count {
      if step < steps.count, case .anyRun = steps[step] {
        resume = (step, position)
        step += 1
      } else if step < steps.count, accepts(steps[step], bytes[position]) {
        step += 1
        position += 1
      } else if let last = resume {
        resume = (last.step, last.position + 1)
        step = last.step + 1
        position = last.position + 1
      } else {
        return false
      }
    }
    return steps[step...].allSatisfy { $0 == .anyRun }
  }

  private func accepts(_ step: Step, _ byte: UInt8) -> Bool {
    switch step {
    case .byte(let expected): byte == expected
    case .anyByte, .anyRun: true
    case .set(let ranges, let isNegated): ranges.contains { $0.contains(byte) } != isNegated
    }
  }
}
