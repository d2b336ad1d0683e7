import Calendar
import Randomness

/// The secret that decides who is in control: 16 bytes, the same for the whole life of a home.
public struct ControlKey: Sendable, Hashable {
  let bytes: [UInt8]

  /// Makes a key of the first 16 bytes of `bytes`; `bytes` must have at least 16.
  public init(_ bytes: some Collection<UInt8>) {
    precondition(bytes.count >= 16, "a control key has 16 bytes")
    self.bytes = Array(bytes.prefix(16))
  }
}

/// The draws of a night: every draw is a keyed hash of its purpose and the person, so that it can be repeated years later
/// and depends neither on the order of work nor on who else is there.
struct ControlDraws: Sendable {
  /// The period of the control groups, as `2026-H2`.
  let period: String
  private let key: SipHash
  private let universal: Stream
  private let exploration: Stream
  private let exploredAction: Stream

  init(key: ControlKey, policy: Policy, night: Day) {
    let hash = SipHash(key: key.bytes)
    period = policy.controlPeriod.name(of: night)
    self.key = hash
    universal = Stream(hash, "universal-control/\(period)")
    exploration = Stream(hash, "exploration/\(night)")
    exploredAction = Stream(hash, "explored-action/\(night)")
  }

  /// A uniform number in [0, 1) for the person: below the share, the person is in the universal control of the period.
  func universalControl(_ personID: Int64) -> Double { universal.uniform(personID) }

  /// A uniform number in [0, 1): below the share, the person gets a random action tonight.
  func exploration(_ personID: Int64) -> Double { exploration.uniform(personID) }

  /// Which of `count` equally likely outcomes exploration gives the person.
  func exploredOutcome(_ personID: Int64, of count: Int) -> Int {
    min(count - 1, Int(exploredAction.uniform(personID) * Double(count)))
  }

  /// The draw of the campaign's control group of the period, for one campaign.
  func campaignControl(_ campaign: String) -> Stream { Stream(key, "campaign-control/\(period)/\(campaign)") }

  /// Independent uniform numbers, one a person, under a key derived for one purpose.
  struct Stream: Sendable {
    private let hash: SipHash

    init(_ key: SipHash, _ purpose: String) {
      hash = SipHash(key0: key.hash("\(purpose)/0"), key1: key.hash("\(purpose)/1"))
    }

    /// The top 53 bits of SipHash-2-4 of the person's eight little-endian bytes, as a number in [0, 1).
    func uniform(_ personID: Int64) -> Double {
      let word = UInt64(bitPattern: personID)
      let bits = hash.hash((0..<8).lazy.map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) })
      return Double(bits >> 11) * 0x1p-53
    }
  }
}
