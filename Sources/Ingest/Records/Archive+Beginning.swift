import Delivery

extension Archive {
  /// How many bytes tell a member's encoding, and whether it is what the feed reads.
  private static let beginningByteCount = 512

  /// Reads the first bytes of the current member: as many as tell what it is, if there are so many. The number of them.
  func readBeginning(into buffer: UnsafeMutableRawBufferPointer) throws(DeliveryError) -> Int {
    var count = 0
    while count < Archive.beginningByteCount {
      let more = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      if more == 0 { break }
      count += more
    }
    return count
  }
}
