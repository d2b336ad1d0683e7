/// Walks through the list of members of a 7z file (`SevenZipList` has the layout). Every step takes at least one byte, so no claim
/// makes it loop for longer than the list is, nor keep more than `limit` folders and streams; nil is a list that breaks off,
/// contradicts itself, or goes over the limit (`isOverLimit`).
struct SevenZipParser {
  struct Coder {
    var id: [UInt8]
    var outCount: UInt64
    var inCount: UInt64
    var properties: [UInt8] = []
  }

  struct Folder {
    var coders: [Coder]
    /// The unpacked size of each stream that comes out of a coder.
    var sizes: [UInt64] = []
    var hasDigest = false
  }

  struct Streams {
    var packedPosition: UInt64 = 0
    var packedSizes: [UInt64] = []
    var folders: [Folder] = []
  }

  /// Whether the list claims more folders or streams than the limit.
  private(set) var isOverLimit = false
  private let bytes: [UInt8]
  private let limit: UInt64
  private var index: Int

  init(_ bytes: [UInt8], from index: Int = 0, limit: UInt64) {
    self.bytes = bytes
    self.index = index
    self.limit = limit
  }

  /// The number of members that a list claims, folders included, or of streams where those are more.
  mutating func memberCount() -> UInt64? {
    guard byte() == 0x01, var mark = byte() else { return nil }
    if mark == 0x02 {
      while let property = byte(), property != 0 { guard let size = number(), skip(size) else { return nil } }
      guard let next = byte() else { return nil }
      mark = next
    }
    var streamCount: UInt64 = 0
    for streamsMark in [0x03, 0x04] as [UInt8] where mark == streamsMark {
      guard streams(counting: &streamCount) != nil, let next = byte() else { return nil }
      mark = next
    }
    if mark == 0x00 { return streamCount }
    guard mark == 0x05, let count = number() else { return nil }
    return max(count, streamCount)
  }

  /// The streams of a list that is packed.
  mutating func streams() -> Streams? {
    var count: UInt64 = 0
    return streams(counting: &count)
  }

  private mutating func streams(counting streamCount: inout UInt64) -> Streams? {
    var streams = Streams()
    guard var mark = byte() else { return nil }
    if mark == 0x06 {
      guard packed(&streams), let next = byte() else { return nil }
      mark = next
    }
    if mark == 0x07 {
      guard folders(&streams), let next = byte() else { return nil }
      mark = next
    }
    if mark == 0x08 {
      guard let count = substreams(streams.folders), let next = byte() else { return nil }
      let (sum, isTooLarge) = streamCount.addingReportingOverflow(count)
      guard !isTooLarge else { return nil }
      streamCount = sum
      mark = next
    }
    return mark == 0x00 ? streams : nil
  }

  private mutating func packed(_ streams: inout Streams) -> Bool {
    guard let position = number(), let count = number(), isWithinLimit(count), var mark = byte() else { return false }
    streams.packedPosition = position
    if mark == 0x09 {
      for _ in 0..<count {
        guard let size = number() else { return false }
        streams.packedSizes.append(size)
      }
      guard let next = byte() else { return false }
      mark = next
    }
    if mark == 0x0A {
      guard digests(count) != nil, let next = byte() else { return false }
      mark = next
    }
    return mark == 0x00
  }

  private mutating func folders(_ streams: inout Streams) -> Bool {
    guard byte() == 0x0B, let count = number(), isWithinLimit(count), byte() == 0 else { return false }
    for _ in 0..<count {
      guard let folder = folder() else { return false }
      streams.folders.append(folder)
    }
    guard byte() == 0x0C else { return false }
    for number in streams.folders.indices {
      for _ in 0..<streams.folders[number].coders.reduce(0, { $0 + $1.outCount }) {
        guard let size = self.number() else { return false }
        streams.folders[number].sizes.append(size)
      }
    }
    guard var mark = byte() else { return false }
    if mark == 0x0A {
      guard let defined = digests(count), let next = byte() else { return false }
      for (number, isDefined) in zip(streams.folders.indices, defined) { streams.folders[number].hasDigest = isDefined }
      mark = next
    }
    return mark == 0x00
  }

  private mutating func folder() -> Folder? {
    guard let count = number(), (1...32).contains(count) else { return nil }
    var folder = Folder(coders: [])
    for _ in 0..<count {
      guard let flags = byte(), flags & 0xC0 == 0, let id = take(UInt64(flags & 0x0F)) else { return nil }
      var coder = Coder(id: id, outCount: 1, inCount: 1)
      if flags & 0x10 != 0 {
        guard let ins = number(), let outs = number(), ins <= 32, outs <= 32 else { return nil }
        coder.inCount = ins
        coder.outCount = outs
      }
      if flags & 0x20 != 0 {
        guard let size = number(), let properties = take(size) else { return nil }
        coder.properties = properties
      }
      folder.coders.append(coder)
    }
    let (ins, outs) = folder.coders.reduce((UInt64(0), UInt64(0))) { ($0.0 + $1.inCount, $0.1 + $1.outCount) }
    guard outs > 0, ins >= outs - 1 else { return nil }
    for _ in 0..<(outs - 1) { guard number() != nil, number() != nil else { return nil } }
    let packedCount = ins - (outs - 1)
    if packedCount > 1 { for _ in 0..<packedCount { guard number() != nil else { return nil } } }
    return folder
  }

  /// The number of unpacked streams of all folders.
  private mutating func substreams(_ folders: [Folder]) -> UInt64? {
    guard var mark = byte() else { return nil }
    var counts = folders.map { _ in UInt64(1) }
    if mark == 0x0D {
      for number in folders.indices {
        guard let count = self.number() else { return nil }
        counts[number] = count
      }
      guard let next = byte() else { return nil }
      mark = next
    }
    if mark == 0x09 {
      // A byte a size at least, so that the list ends before a large count does.
      for count in counts where count > 1 {
        for _ in 1..<count { guard number() != nil else { return nil } }
      }
      guard let next = byte() else { return nil }
      mark = next
    }
    var total: UInt64 = 0
    var withoutDigest: UInt64 = 0
    for (count, folder) in zip(counts, folders) {
      let (sum, isTooLarge) = total.addingReportingOverflow(count)
      guard !isTooLarge else { return nil }
      total = sum
      // No more than the total.
      if count != 1 || !folder.hasDigest { withoutDigest += count }
    }
    guard isWithinLimit(total) else { return nil }
    if mark == 0x0A {
      guard digests(withoutDigest) != nil, let next = byte() else { return nil }
      mark = next
    }
    return mark == 0x00 ? total : nil
  }

  /// Passes over digests and says which of `count` are there.
  private mutating func digests(_ count: UInt64) -> [Bool]? {
    guard let areAll = byte(), isWithinLimit(count) else { return nil }
    var defined = [Bool](repeating: true, count: Int(count))
    if areAll == 0 {
      guard let bits = take((count + 7) / 8) else { return nil }
      for place in defined.indices { defined[place] = bits[place / 8] & (0x80 >> UInt8(place % 8)) != 0 }
    }
    return skip(4 * UInt64(defined.count { $0 })) ? defined : nil
  }

  private mutating func isWithinLimit(_ count: UInt64) -> Bool {
    if count > limit { isOverLimit = true }
    return count <= limit
  }

  // MARK: Bytes

  private mutating func byte() -> UInt8? {
    guard index < bytes.count else { return nil }
    defer { index += 1 }
    return bytes[index]
  }

  private mutating func take(_ count: UInt64) -> [UInt8]? {
    guard count <= UInt64(bytes.count - index) else { return nil }
    defer { index += Int(count) }
    return Array(bytes[index..<index + Int(count)])
  }

  private mutating func skip(_ count: UInt64) -> Bool {
    guard count <= UInt64(bytes.count - index) else { return false }
    index += Int(count)
    return true
  }

  /// A number: as many bytes follow the first as it has leading ones; its other bits are the highest.
  private mutating func number() -> UInt64? {
    guard let first = byte() else { return nil }
    let count = min(8, (~first).leadingZeroBitCount)
    guard let rest = take(UInt64(count)) else { return nil }
    var value: UInt64 = 0
    for (place, byte) in rest.enumerated() { value |= UInt64(byte) << UInt64(8 * place) }
    if count < 7 { value |= UInt64(first & (0x7F >> UInt8(count))) << UInt64(8 * count) }
    return value
  }
}
