import Calendar
import Ledger
import Randomness
import Testing
import Vault

@Suite struct PseudonymKeyTests {
  private let bytes = (0..<32).map { UInt8($0) }

  @Test func `a pseudonym is the head of the HMAC`() throws {
    let key = try #require(PseudonymKey(bytes: bytes))
    // Python: int.from_bytes(hmac.digest(bytes(range(32)), b"subscription:S-000001", "sha256")[:8], "big") >> 1
    #expect(key.pseudonym(.subscription, "S-000001") == knownPseudonym)
    #expect(key.pseudonym(.person, "S-000001") != knownPseudonym)
    #expect(key.pseudonym(.subscription, Array("S-000001".utf8)) == knownPseudonym)
  }

  /// Lengths on both sides of what one block of SHA-256 holds behind the domain's word.
  @Test(arguments: [false, true], [PseudonymKey.Domain.subscription, .person])
  func `a maker makes the pseudonyms that the key makes`(byLibrary: Bool, domain: PseudonymKey.Domain) throws {
    let random = CounterRandom(seed: 31, stream: 0)
    func bytes(_ count: Int, _ draw: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: random.bits(UInt64($0), UInt64(draw))) }
    }
    for round in 0..<40 {
      let secret = bytes(32, round)
      let key = try #require(PseudonymKey(bytes: secret))
      var maker = PseudonymMaker(secret, domain, byLibrary: byLibrary)
      var own = key.maker(domain)
      for length in Array(0...80) + [200, 5_000] {
        let text = bytes(length, round * 10_000 + length)
        let pseudonym = key.pseudonym(domain, text)
        #expect(maker.pseudonym(text) == pseudonym)
        #expect(own.pseudonym(text) == pseudonym)
      }
    }
  }

  @Test func `another key gives other pseudonyms and another name`() throws {
    let key = try #require(PseudonymKey(bytes: bytes))
    let other = try #require(PseudonymKey(bytes: bytes.reversed()))
    #expect(key.pseudonym(.bill, "1") != other.pseudonym(.bill, "1"))
    #expect(key.keyID != other.keyID)
    #expect(key.keyID.utf8.count == 16)
    #expect(key.recordKeyHash.hash("x") != key.counterpartyHash.hash("x"))
  }

  @Test func `a key of another length is refused, an absent one names its path`() {
    #expect(PseudonymKey(bytes: [1, 2, 3]) == nil)
    let error = #expect(throws: VaultError.self) { try PseudonymKey.load(Home(path: "/nowhere")) }
    #expect(error?.code == .missingKey)
    #expect(error?.exitStatus == 66)
  }
}

@Suite struct SealedRejectsTests {
  private func rows() -> [SealedRejects.Row] {
    let digest = SHA256Digest(of: "delivery")
    return [
      .init(delivery: digest, memberIndex: 0, recordByte: 17, bytes: Array("+4917012345,\"broken".utf8)),
      .init(delivery: digest, memberIndex: 3, recordByte: 1 << 40, bytes: []),
    ]
  }

  @Test func `what is sealed is opened by the same key alone`() throws {
    let key = try #require(PseudonymKey(bytes: (0..<32).map { UInt8($0) }))
    let sealed = try SealedRejects(key).seal(rows())
    #expect(try SealedRejects(key).open(sealed) == rows())
    #expect(try SealedRejects(key).seal(rows()) == sealed)
    let other = try #require(PseudonymKey(bytes: Array(repeating: 9, count: 32)))
    #expect(throws: VaultError.self) { try SealedRejects(other).open(sealed) }
    #expect(!sealed.contains(Array("4917012345".utf8)))
  }

  @Test func `a flipped bit anywhere and any cut but one between rows is found`() throws {
    let key = try #require(PseudonymKey(bytes: (0..<32).map { UInt8($0) }))
    let sealed = try SealedRejects(key).seal(rows())
    for index in sealed.indices {
      var damaged = sealed
      damaged[index] ^= 1
      #expect(throws: VaultError.self) { try SealedRejects(key).open(damaged) }
    }
    let firstRowEnd = 8 + 4 + 72 + 19
    for length in 0..<sealed.count where length != 8 && length != firstRowEnd {
      #expect(throws: VaultError.self) { try SealedRejects(key).open(Array(sealed.prefix(length))) }
    }
  }
}

@Suite struct AddressBookTests {
  @Test func `the latest start counts, and an empty address takes it back`() throws {
    func row(_ person: Int64, _ email: String, _ from: Int32, line: Int64) -> AddressBook.Row {
      .init(
        person: person, email: email, validFrom: Day(rawValue: from), knownDate: Day(rawValue: 0), file: "c.csv",
        line: line)
    }
    let rows = [
      row(1, "b@x.example", 20, line: 1), row(1, "a@x.example", 10, line: 2), row(2, "c@x.example", 1, line: 3),
      row(2, "", 2, line: 4),
    ]
    let book = AddressBook(rows)
    #expect(book.email(of: 1) == "b@x.example")
    #expect(book.email(of: 2) == nil)
    #expect(book.personCount == 1)
    #expect(try AddressBook.rows(AddressBook.table(rows)) == rows)
  }
}

private let knownPseudonym: Int64 = 3026309052991167557
