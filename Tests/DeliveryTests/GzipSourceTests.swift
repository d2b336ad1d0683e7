import Delivery
import Testing

@Suite struct GzipSourceTests {
  private let scratch = Scratch()

  @Test func `members follow each other, and every size of buffer gives the same`() throws {
    let path = scratch.file(
      "a.gz",
      Crafted.gzip("one\n") + Crafted.gzip("two\n", extra: [1, 2, 3], name: "x") + Crafted.gzip("")
        + Crafted.gzip("four\n"))
    for size in [1, 2, 3, 7, 4096] {
      #expect(try members(path, chunkByteCount: size).map(\.text) == ["one\ntwo\nfour\n"])
    }
  }

  @Test func `a file cut at any byte is refused, unless a member ends just there`() throws {
    let first = Crafted.gzip("one\n", extra: [9, 9], name: "name", hasHeaderChecksum: true)
    let bytes = first + Crafted.gzip("two\n")
    for count in 2..<bytes.count {
      let code = failure(scratch.file("cut", Array(bytes[..<count])))
      #expect(code == (count == first.count ? nil : .truncated), "cut at \(count)")
    }
  }

  @Test func `any changed byte of checksum, length or content is found`() throws {
    let bytes = Crafted.gzip("one row\n")
    for index in (bytes.count - 16)..<bytes.count {
      var flipped = bytes
      flipped[index] ^= 1
      #expect(failure(scratch.file("flipped", flipped)) == .damaged, "byte \(index)")
    }
  }

  @Test func `a wrong header checksum is found`() throws {
    let good = Crafted.gzip("one\n", name: "name", hasHeaderChecksum: true)
    #expect(try members(scratch.file("good", good)).map(\.text) == ["one\n"])
    var bad = good
    bad[11] ^= 1
    #expect(failure(scratch.file("bad", bad)) == .damaged)
  }

  @Test(arguments: [
    [0], [0x1F], [0x1F, 0x8B], [0x1F, 0x8B, 9, 0], [0x41, 0x42, 0x43], [UInt8](repeating: 0, count: 600),
  ])
  func `bytes behind the end are refused`(garbage: [UInt8]) throws {
    let code = failure(scratch.file("long", Crafted.gzip("one\n") + garbage))
    #expect(code == .trailingBytes || code == .truncated || code == .damaged)
  }
}
