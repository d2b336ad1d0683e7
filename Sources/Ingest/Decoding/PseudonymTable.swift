import Vault

/// Remembers the pseudonyms of keys already met: an HMAC costs a microsecond, a look-up a twentieth of it.
///
/// Open addressing over 64-bit hashes; the key's own bytes decide, so equal hashes never mix two keys. Holds at most
/// `entryLimit` keys and then goes on without remembering new ones.
struct PseudonymTable {
  private struct Entry {
    var hash: UInt64
    var start: Int
    var count: Int
    var pseudonym: Int64
  }

  static let entryLimit = 4_000_000

  private let key: PseudonymKey
  private var arena: [UInt8] = []
  private var entries: [Entry] = []
  private var slots = [Int32](repeating: -1, count: 1 << 12)

  init(_ key: PseudonymKey) { self.key = key }

  mutating func pseudonym(_ domain: PseudonymKey.Domain, _ bytes: UnsafeBufferPointer<UInt8>) -> Int64 {
    switch domain {
    case .subscription, .person, .household: break
    // Each of the others comes once or twice: remembering them would cost more than it saves.
    default: return key.pseudonym(domain, bytes)
    }
    // The domain's first byte tells these three apart.
    let tag = domain.rawValue.utf8.first ?? 0
    let hash = mixed(bytes, tag)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let entry = entries[Int(slots[slot])]
      if entry.hash == hash, entry.count == bytes.count + 1, arena[entry.start] == tag, isEqual(entry, bytes) {
        return entry.pseudonym
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    let pseudonym = key.pseudonym(domain, bytes)
    guard entries.count < PseudonymTable.entryLimit else { return pseudonym }
    slots[slot] = Int32(entries.count)
    entries.append(Entry(hash: hash, start: arena.count, count: bytes.count + 1, pseudonym: pseudonym))
    arena.append(tag)
    arena.append(contentsOf: bytes)
    if entries.count * 2 > slots.count { grow() }
    return pseudonym
  }

  @inline(__always)
  private func isEqual(_ entry: Entry, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    for index in 0..<bytes.count where arena[entry.start + 1 + index] != bytes[index] { return false }
    return true
  }

  /// FNV-1a with a final mix; the keys are the operator's own, so it needs no secret.
  @inline(__always)
  private func mixed(_ bytes: UnsafeBufferPointer<UInt8>, _ tag: UInt8) -> UInt64 {
    var hash = UInt64(tag) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    hash ^= hash >> 29
    hash = hash &* 0xBF58_476D_1CE4_E5B9
    return hash ^ hash >> 32
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 2)
    for index in entries.indices {
      var slot = Int(truncatingIfNeeded: entries[index].hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(index)
    }
  }
}
