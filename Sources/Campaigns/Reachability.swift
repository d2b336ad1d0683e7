import Vault

/// Where a person can be reached in the contact window, by the vault.
struct Reachability: Sendable {
  /// The reasons for which a contact that was decided on is not made.
  enum Obstacle: String, CaseIterable, Sendable {
    /// The subscription has no number throughout the window.
    case noNumber = "no-number"
    /// The number belongs to another subscription before the window ends.
    case numberReassigned = "number-reassigned"
    /// The number does not have 8 to 15 digits.
    case unusableNumber = "unusable-number"
    /// The person has no e-mail address.
    case noAddress = "no-address"
    /// The address has characters that machine lists do not carry.
    case unusableAddress = "unusable-address"
  }

  enum Answer: Sendable {
    case reached(String)
    case obstacle(Obstacle)
  }

  let numbers: NumberBook
  let addresses: AddressBook
  let window: ContactWindow

  /// The address of a contact for its channel: an e-mail address, else E.164 digits without a plus sign.
  ///
  /// Throws where the vault holds an address that a spreadsheet would execute: somebody put it there.
  func address(of contact: PlannedContact) throws(CampaignsError) -> Answer {
    guard contact.channel == "email" else { return number(of: contact.subscription) }
    guard let email = addresses.email(of: contact.person) else { return .obstacle(.noAddress) }
    if CellPattern.isExecutable(email) {
      throw CampaignsError(
        .unfitCell,
        "the e-mail address of \(Token.person(contact.person)) would run as a formula; correct it at its source")
    }
    return CellPattern.address.fits(email) ? .reached(email) : .obstacle(.unusableAddress)
  }

  /// Numbers are recycled: whoever answers must be the subscription from the window's start to its end.
  private func number(of subscription: Int64) -> Answer {
    guard let number = numbers.number(ofSubscription: subscription, at: window.from) else {
      return .obstacle(.noNumber)
    }
    for instant in [window.from, window.to] {
      guard let owner = numbers.subscription(ofNumber: number, at: instant) else { return .obstacle(.noNumber) }
      guard owner == subscription else { return .obstacle(.numberReassigned) }
    }
    let digits = String(number)
    return CellPattern.number.fits(digits) ? .reached(digits) : .obstacle(.unusableNumber)
  }
}
