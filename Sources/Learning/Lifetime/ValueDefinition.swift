public import Configuration

/// How a customer's lifetime value is reckoned: `Pipelines/models/value.yaml`.
public struct ValueDefinition: Sendable, Hashable {
  /// Periods of 30 days that are looked ahead.
  public var horizonMonths = 24
  /// Discount a year.
  public var annualDiscountRate = 0.10
  /// Weight of a subscription's own margin against the mean of its payment type.
  public var marginWeight = 0.8

  /// Makes the default definition.
  public init() {}

  /// Reads a definition; throws every fault of the file at once.
  public init(_ document: ConfigurationDocument) throws(ConfigurationError) {
    self.init()
    let reader = document.reader()
    horizonMonths = reader.int("horizon-months", in: 1...600)
    annualDiscountRate = reader.double("annual-discount-rate", in: 0...10)
    marginWeight = reader.double("margin-weight", in: 0...1)
    try reader.finish()
  }
}
