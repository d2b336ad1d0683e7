import Delivery
import Testing

@Suite struct GzipPieceTests {
  private let scratch = Scratch()

  private func runs() -> [[UInt8]] {
    let row = Array("S00000001,2026-11-20,1,2,3\n".utf8)
    return [
      row, [], Array((0..<5_000).map { _ in row }.joined()), (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31) },
    ]
  }

  @Test func `pieces joined inflate to the runs behind each other`() throws {
    let pieces = try runs().map { try GzipPiece($0) }
    let path = "\(scratch.path)/a.csv.gz"
    try ByteFile.write(GzipPiece.member(of: pieces), to: path)
    let archive = try Archive(path: path)
    #expect(try archive.nextMember() != nil)
    var inflated: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 10_000)
    while true {
      let count = try buffer.withUnsafeMutableBytes { try archive.read(into: $0) }
      if count == 0 { break }
      inflated += buffer[..<count]
    }
    #expect(inflated == Array(runs().joined()))
  }

  @Test func `checksums of runs combine to that of the whole`() throws {
    let pieces = try runs().map { try GzipPiece($0) }
    let whole = try GzipPiece(Array(runs().joined()))
    let combined = pieces.reduce(UInt32(0)) { GzipPiece.combined($0, $1.checksum, secondByteCount: $1.byteCount) }
    #expect(combined == whole.checksum)
    // The check value of CRC-32 (ISO-HDLC).
    #expect(try GzipPiece(Array("123456789".utf8)).checksum == 0xCBF4_3926)
  }

  @Test func `a folder that holds something is occupied, an empty or absent one is not`() throws {
    let folder = "\(scratch.path)/new/deep"
    #expect(!ByteFile.isOccupied(folder))
    try ByteFile.makeFolder(folder)
    #expect(!ByteFile.isOccupied(folder))
    try ByteFile.write([[1], [], [2, 3]], to: "\(folder)/a")
    #expect(ByteFile.isOccupied(folder))
    #expect(scratch.bytes("\(folder)/a") == [1, 2, 3])
    #expect(throws: DeliveryError.self) { try ByteFile.makeFolder("\(folder)/a/b") }
    #expect(throws: DeliveryError.self) { try ByteFile.write([[1]], to: "\(folder)/none/b") }
  }
}
