public import Configuration

/// Why no list may leave the house tonight.
public struct CampaignsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure; open, so that a new kind breaks no caller.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code's stable name.
    public var rawValue: String
    /// Makes a code from its stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The night has no decisions, assignments or twins.
    public static let missingInput = Code(rawValue: "missing-input")
    /// Decisions and assignments contradict each other.
    public static let contradiction = Code(rawValue: "contradiction")
    /// A list would be of another day than the night.
    public static let wrongDate = Code(rawValue: "wrong-date")
    /// A list would hold a person of a control group.
    public static let controlInList = Code(rawValue: "control-in-list")
    /// A person would be contacted more than once.
    public static let contactedTwice = Code(rawValue: "contacted-twice")
    /// A person has not granted the channel, or has withdrawn the consent to profiling.
    public static let missingConsent = Code(rawValue: "missing-consent")
    /// A person would be contacted more often than the policy allows.
    public static let capExceeded = Code(rawValue: "cap-exceeded")
    /// The lists would cost more than the budget, or hold more rows than a channel's capacity.
    public static let limitExceeded = Code(rawValue: "limit-exceeded")
    /// A cell does not fit its column's pattern; a spreadsheet might execute it.
    public static let unfitCell = Code(rawValue: "unfit-cell")
  }

  /// The kind of failure.
  public var code: Code
  /// What happened, where, and what to do next: positions and pseudonyms, never numbers or addresses.
  public var message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message with its code.
  public var description: String { "\(message) [\(code.rawValue)]" }
}

extension CampaignsError: ExitStatusProviding {
  /// 66 where an input is missing, 77 where policy or consent forbids the lists, 65 where an input is wrong.
  public var exitStatus: Int32 {
    switch code {
    case .missingInput: ExitStatus.inputMissing
    case .missingConsent, .capExceeded, .limitExceeded: ExitStatus.notApproved
    default: ExitStatus.badData
    }
  }
}
