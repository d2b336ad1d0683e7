import Ingest
import Randomness
import Testing

@Suite struct ShortTextsTests {
  @Test(arguments: 0..<40)
  func `hashed side by side, one by one and as bytes, texts have the same hash`(seed: Int) {
    let random = CounterRandom(seed: 23, stream: UInt64(seed))
    let hash = SipHash(key0: random.integer(below: .max, 1, 0), key1: random.integer(below: .max, 2, 0))
    let count = seed
    // Lengths that differ within a vector, and lengths that hardly do.
    let lengths = (0..<count).map { line in
      seed % 3 == 0
        ? 12 + Int(random.integer(below: 3, UInt64(line), 3))
        : Int(random.integer(below: UInt64(ShortTexts.byteLimit + 1), UInt64(line), 3))
    }
    var texts = ShortTexts()
    texts.reserve(count)
    var bytes: [[UInt8]] = []
    for (line, length) in lengths.enumerated() {
      let text = (0..<length).map { UInt8(random.integer(below: 256, UInt64(line * 32 + $0), 4)) }
      let padded = text + Array(repeating: 0, count: 24 - length)
      let words = (0..<3).map { word in
        padded[(word * 8)..<(word * 8 + 8)].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      }
      texts.set(line, words[0], words[1], words[2], length: length)
      bytes.append(text)
    }
    let expected = bytes.map { hash.hash($0) }
    let sideBySide = [UInt64](unsafeUninitializedCapacity: count + 1) { buffer, filled in
      if let base = buffer.baseAddress { texts.hash(count, hash, into: base) }
      filled = count
    }
    let oneByOne = [UInt64](unsafeUninitializedCapacity: count + 1) { buffer, filled in
      if let base = buffer.baseAddress { texts.hashOneByOne(count, hash, into: base) }
      filled = count
    }
    #expect(sideBySide == expected)
    #expect(oneByOne == expected)
  }
}
