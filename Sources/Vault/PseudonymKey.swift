import Crypto
import FoundationEssentials
public import Ledger
public import Randomness

/// The secret that turns the operator's keys into pseudonyms, and the keys derived from it (Vault.md).
public struct PseudonymKey: Sendable {
  /// What a pseudonym stands for; equal keys of different domains have different pseudonyms.
  public struct Domain: RawRepresentable, Sendable, Hashable {
    /// The word before the colon.
    public var rawValue: String
    /// Makes a domain from its word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Subscriptions.
    public static let subscription = Domain(rawValue: "subscription")
    /// Persons, whether they use or pay.
    public static let person = Domain(rawValue: "person")
    /// Households.
    public static let household = Domain(rawValue: "household")
    /// SIMs.
    public static let sim = Domain(rawValue: "sim")
    /// Bills.
    public static let bill = Domain(rawValue: "bill")
    /// Payments.
    public static let payment = Domain(rawValue: "payment")
    /// Top-ups.
    public static let topUp = Domain(rawValue: "top-up")
    /// Tickets.
    public static let ticket = Domain(rawValue: "ticket")
    /// Orders.
    public static let order = Domain(rawValue: "order")
    /// Outages of cells.
    public static let outage = Domain(rawValue: "outage")
  }

  /// The path of the key below the home.
  public static let fileName = "vault/pseudonym.key"
  /// The length of the key.
  public static let byteCount = 32

  private let key: SymmetricKey
  private let bytes: [UInt8]

  /// Makes a key of 32 bytes; nil for any other length.
  public init?(bytes: [UInt8]) {
    guard bytes.count == PseudonymKey.byteCount else { return nil }
    key = SymmetricKey(data: bytes)
    self.bytes = bytes
  }

  /// Reads the key of a home.
  public static func load(_ home: Home) throws(VaultError) -> PseudonymKey {
    guard let content = try? Data(contentsOf: URL(filePath: home.url(fileName))) else {
      throw VaultError(
        .missingKey, "\(home.url(fileName)) cannot be read; `nightjar init` makes it, a backup restores it")
    }
    guard let key = PseudonymKey(bytes: Array(content)) else {
      throw VaultError(.damagedKey, "\(home.url(fileName)) is not \(byteCount) bytes long; restore it from the backup")
    }
    return key
  }

  /// The pseudonym of an operator's key: the first 63 bits of HMAC-SHA-256(`<domain>:<key>`). About 1 µs.
  public func pseudonym(_ domain: Domain, _ operatorKey: some Sequence<UInt8>) -> Int64 {
    var message = Array(domain.rawValue.utf8)
    message.append(0x3A)
    message.append(contentsOf: operatorKey)
    return Int64(authenticationCode(message).prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) } >> 1)
  }

  /// The pseudonym of an operator's key, given as text.
  public func pseudonym(_ domain: Domain, _ operatorKey: String) -> Int64 { pseudonym(domain, operatorKey.utf8) }

  /// Makes pseudonyms of a domain.
  public func maker(_ domain: Domain) -> PseudonymMaker { PseudonymMaker(bytes, domain) }

  /// A name of the key for manifests, which says nothing about it: 16 hexadecimal digits.
  public var keyID: String {
    let digits = Array("0123456789abcdef".utf8)
    let bytes = authenticationCode(Array("key-id".utf8)).prefix(8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The keyed hash of record keys.
  public var recordKeyHash: SipHash { SipHash(key: derived("record-key")) }
  /// The keyed hash of counterparties and cells.
  public var counterpartyHash: SipHash { SipHash(key: derived("counterparty")) }
  /// The keyed hash of the words of texts.
  public var textWordHash: SipHash { SipHash(key: derived("text-word")) }

  /// 32 bytes that nobody can compute without the key, different for each purpose.
  func derived(_ purpose: String) -> [UInt8] { authenticationCode(Array("derive:\(purpose)".utf8)) }

  private func authenticationCode(_ message: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
  }
}
