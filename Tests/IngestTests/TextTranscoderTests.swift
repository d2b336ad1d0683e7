import Ingest
import Randomness
import Testing

@Suite struct TextTranscoderTests {
  private func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
    text.utf16.flatMap { unit -> [UInt8] in
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
      return bigEndian ? [high, low] : [low, high]
    }
  }

  private func transcode(_ bytes: [UInt8], _ encoding: TextEncoding, pieces: [Int] = []) -> [UInt8] {
    var transcoder = TextTranscoder(encoding)
    var output: [UInt8] = []
    var start = 0
    for end in pieces + [bytes.count] {
      output += transcoder.transcode(bytes[start..<end])
      start = end
    }
    return output + transcoder.transcode([], isEnd: true)
  }

  private let sample = "Größe,5 €,名前,😀\u{10FFFF}\r\n\u{FEFF}x"

  @Test func `text of every encoding becomes the same UTF-8, wherever it is cut`() {
    for bigEndian in [false, true] {
      let bytes = utf16(sample, bigEndian: bigEndian)
      for cut in 0...bytes.count {
        let found = transcode(bytes, bigEndian ? .utf16BigEndian : .utf16LittleEndian, pieces: [cut])
        #expect(found == Array(sample.utf8))
      }
    }
    #expect(transcode([0x47, 0x72, 0xF6, 0xDF, 0x80], .latin1) == Array("Größ\u{80}".utf8))
    #expect(transcode([0x47, 0x72, 0xF6, 0xDF, 0x80, 0x9F], .windows1252) == Array("Größ€Ÿ".utf8))
  }

  @Test func `what is no character stays recognisable and is found`() {
    let cases: [([UInt8], TextEncoding)] = [
      ([0x00, 0xD8, 0x41, 0x00], .utf16LittleEndian), ([0x41, 0x00, 0x00, 0xDC], .utf16LittleEndian),
      ([0x41, 0x00, 0x00, 0xD8], .utf16LittleEndian), ([0x41, 0x00, 0x42], .utf16LittleEndian),
      ([0xD8, 0x00, 0xD8, 0x00], .utf16BigEndian), ([0x41, 0x81], .windows1252), ([0x8D], .windows1252),
    ]
    for (bytes, encoding) in cases {
      let output = transcode(bytes, encoding)
      #expect(String(validating: output, as: UTF8.self) == nil)
      #expect(TextTranscoder.firstBadUnit(in: output) != nil)
    }
    #expect(TextTranscoder.firstBadUnit(in: Array("\u{D7FF}\u{E000}名\u{10FFFF}".utf8)) == nil)
    // Half of a pair behind a sound character: the index is that of its first byte.
    #expect(TextTranscoder.firstBadUnit(in: transcode([0x41, 0x00, 0x00, 0xDC], .utf16LittleEndian)) == 1)
  }

  /// The naive twin: offsets by transcoding every prefix anew.
  private func deliveredOffsets(_ bytes: [UInt8], _ encoding: TextEncoding) -> [Int: Int] {
    var offsets: [Int: Int] = [:]
    for count in 0...bytes.count {
      var transcoder = TextTranscoder(encoding)
      let length = transcoder.transcode(bytes[..<count]).count
      if offsets[length] == nil { offsets[length] = count }
    }
    return offsets
  }

  @Test func `offsets come back as delivered, forward and backward, for random units`() {
    let random = CounterRandom(seed: 7, stream: 3)
    for encoding in [TextEncoding.utf16LittleEndian, .utf16BigEndian, .latin1, .windows1252] {
      for round in 0..<20 as Range<UInt64> {
        let bytes = (0..<61).map { index -> UInt8 in
          let draw = random.bits(round * 100 + UInt64(index))
          // Many surrogates, line ends and plain letters.
          return [0xD8, 0xDC, 0x0A, 0x41, 0x81, 0x00, UInt8(truncatingIfNeeded: draw >> 8)][Int(draw % 7)]
        }
        var transcoder = TextTranscoder(encoding)
        let output = transcoder.transcode(bytes) + transcoder.transcode([], isEnd: true)
        let starts = output.indices.filter { output[$0] & 0xC0 != 0x80 }
        // Each start of a character stands where the characters before it end.
        var expected = 0
        var found: [Int] = []
        for start in starts {
          #expect(transcoder.delivered(start) == expected)
          found.append(expected)
          let isWide = encoding == .utf16LittleEndian || encoding == .utf16BigEndian
          expected += output[start] == 0xFF || !isWide ? 1 : output[start] >= 0xF0 ? 4 : 2
        }
        #expect(expected == bytes.count, "every delivered byte belongs to one character")
        for (start, offset) in zip(starts, found).reversed() { #expect(transcoder.delivered(start) == offset) }
        if encoding == .latin1 || encoding == .windows1252 {
          for (offset, count) in deliveredOffsets(bytes, encoding) where offset < output.count {
            #expect(transcoder.delivered(offset) == count)
          }
        }
      }
    }
  }

  @Test func `offsets stay right after text was forgotten`() {
    var transcoder = TextTranscoder(.utf16LittleEndian)
    var offset = 0
    let piece = utf16(String(repeating: "ä1", count: 1 << 19), bigEndian: false)
    for _ in 0..<8 {
      offset += transcoder.transcode(piece).count
      transcoder.forget(before: offset - 3)
      #expect(transcoder.delivered(offset - 3) * 3 == (offset - 3) * 4)
    }
  }
}
