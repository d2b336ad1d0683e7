/// A way to reach a customer. The order of the cases is the order of capacities and of output.
public enum ContactChannel: String, CaseIterable, Sendable, Hashable, Comparable {
  case call
  case email
  case push
  case sms

  /// The position in `allCases`.
  public var index: Int {
    switch self {
    case .call: 0
    case .email: 1
    case .push: 2
    case .sms: 3
    }
  }

  /// The number of channels.
  public static let count = 4

  /// Orders by name.
  public static func < (a: ContactChannel, b: ContactChannel) -> Bool { a.index < b.index }
}
