// Fields that the feed prepares before they are read.
extension RowDecoder {
  /// Prepares the field of decoder `index` and reads it.
  mutating func decodePrepared(
    _ index: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>]
  ) throws(RowFault) {
    guard var preparer = preparers[index] else { return }
    // Out of the array, so that its buffers are not copied.
    preparers[index] = nil
    defer { preparers[index] = preparer }
    guard preparer.applies(bytes, ranges) else {
      if decoders[index].isRequired { throw missing(decoders[index].source) }
      return
    }
    guard let source = decoders[index].source else {
      if let constant = decoders[index].constant { try take(index, constant, source: nil) }
      return
    }
    let isMapped = !decoders[index].values.isEmpty || decoders[index].otherwise != nil
    let used = try preparer.prepare(source: source, bytes, ranges, isMapped: isMapped)
    try preparer.text.withUnsafeBufferPointer { (field) throws(RowFault) in
      try decode(index, field, source: used)
    }
  }
}
