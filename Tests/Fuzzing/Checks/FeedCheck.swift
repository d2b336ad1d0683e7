import CSV
import Calendar
import Configuration
import Ingest
import Ledger
import Vault

/// The feed file reader and the feed decoder: any text as a feed file, any bytes as its delivery.
///
/// Input: a feed file, NUL, a delivered file. Where the feed is none, its first byte chooses one of the house.
enum FeedCheck {
  private static let night = Day(rawValue: 20_779)
  private static let key = PseudonymKey(bytes: Array(repeating: 7, count: PseudonymKey.byteCount))
  private static let houseFeeds: [Feed] = houseTexts.compactMap { feed(Array($0.utf8)) }

  static func run(_ bytes: [UInt8]) {
    let separator = bytes.firstIndex(of: 0) ?? bytes.count
    let text = Array(bytes[..<separator])
    let delivered = Array(bytes[min(separator + 1, bytes.count)...])
    precondition(houseFeeds.count == houseTexts.count, "the house's feeds are feeds")
    let feed = feed(text) ?? houseFeeds[Int(text.first ?? 0) % houseFeeds.count]
    let file = MemoryFile(delivered)
    guard let key else { return }
    if let intake = feed.trial(path: file.path, night: night, key: key) {
      precondition(intake.readCount == intake.accountedCount, "every row read is accounted for")
    }
  }

  private static func feed(_ text: [UInt8]) -> Feed? {
    guard let document = try? ConfigurationDocument(path: "fuzz.yaml", bytes: text) else { return nil }
    return try? Feed.read(document)
  }

  private static let houseTexts = [
    """
    feed: calls
    kind: usage
    files: "*"
    zone: Europe/Berlin
    numbers: {country-code: "49", trunk-prefix: "0", international-prefix: "00"}
    columns:
      subscription: {from: subscription}
      started_at: {from: start, format: "yyyy-MM-dd HH:mm:ss"}
      duration_seconds: {from: seconds, unit: ms}
      down_bytes: {from: down, unit: kB}
      type: {from: type, values: {MOC: voice, SMS: sms}, otherwise: data}
      counterparty: {from: called}
      charge: {from: charge, unit: cents}
    record-key: {from: [subscription, start], window-days: 2}
    reject-threshold: 1
    """,
    """
    feed: positions
    kind: payments
    files: "*"
    dialect: {header: false, delimiter: ";", quote: "'", skip-lines: 1, comment: "#", trailer: {first-field: T, count-field: 2}}
    columns:
      payment: {from: 1}
      subscription: {from: 2}
      date: {from: 3}
      amount: {from: 4}
      failed: {from: 5}
    reject-threshold: 1
    limits: {field: 20 B, record: 200 B}
    """,
    """
    feed: lines
    kind: tickets
    files: "*"
    format: ndjson
    columns:
      ticket: {from: id}
      subscription: {from: customer.subscription}
      changed_at: {from: at, format: iso8601}
      opened_at: {from: opened, format: epoch-ms}
      status: {from: status}
      category: {from: category}
      text: {from: text}
    reject-threshold: 1
    """,
    """
    feed: documents
    kind: tickets
    files: "*"
    format: json
    json: {records: tickets.list}
    columns:
      ticket: {from: id}
      subscription: {from: customer.subscription}
      changed_at: {from: at, format: iso8601}
      opened_at: {from: opened, format: epoch}
      status: {from: status}
      category: {from: category}
    reject-threshold: 1
    """,
    """
    feed: mails
    kind: tickets
    files: "*"
    format: mbox
    mbox: {variant: mboxcl}
    columns:
      ticket: {from: $thread}
      subscription: {from: x-subscription}
      changed_at: {from: date, format: iso8601}
      opened_at: {from: $opened, format: iso8601}
      status: {constant: open}
      category: {from: subject}
      text: {from: $text}
    reject-threshold: 1
    """,
    """
    feed: numbers
    kind: numbers
    files: "*"
    columns:
      number: {from: number}
      subscription: {from: subscription}
      valid_from: {from: from, format: iso8601}
      valid_to: {from: to, format: iso8601}
    reject-threshold: 1
    """,
  ]
}
