import Delivery
import Glibc
import Testing

@Suite struct TimeLimitTests {
  private let scratch = Scratch()

  @Test func `a file whose time is over is refused by name, whatever it is`() throws {
    let files = [
      ("a.csv", Array("1,2\n".utf8)), ("a.csv.gz", Crafted.gzip("1,2\n")), ("a.tar", Crafted.tar([.init(name: "a")])),
      ("a.zip", Crafted.zip([.init("a.csv", "1\n")])),
    ]
    for (name, bytes) in files {
      let path = scratch.file(name, bytes)
      let error = #expect(throws: DeliveryError.self) {
        try members(path, limits: DeliveryLimits(maximumDuration: .zero))
      }
      #expect(error?.code == .timeOver)
      #expect(error?.archive == name)
      #expect(failure(path, limits: DeliveryLimits(maximumDuration: .seconds(3_600))) == nil)
    }
  }

  @Test func `the time that the reader of the rows takes counts as well`() throws {
    let path = scratch.file("a.csv", [UInt8](repeating: 0x31, count: 200_000))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1_000, alignment: 1)
    defer { buffer.deallocate() }
    let error = #expect(throws: DeliveryError.self) {
      let archive = try Archive(path: path, limits: DeliveryLimits(maximumDuration: .milliseconds(500)))
      _ = try archive.nextMember()
      while try archive.read(into: buffer) > 0 { usleep(600_000) }
    }
    #expect(error?.code == .timeOver)
  }
}
