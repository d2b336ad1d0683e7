/// What a boosted model predicts, and so which loss its trees lower. Raw values are those of LightGBM's model files.
public enum Objective: String, Sendable, Hashable, Codable, CaseIterable {
  /// The probability of 1, by the logistic loss; labels are 0 and 1.
  case logistic = "binary sigmoid:1"
  /// The mean, by half the squared error.
  case squared = "regression"
  /// The mean of counts, by the Poisson deviance; labels are not negative.
  case poisson
  /// The mean of positive amounts, by the gamma deviance.
  case gamma
  /// The mean of amounts that may be zero, by the Tweedie deviance; labels are not negative.
  case tweedie
  /// A quantile, by the pinball loss.
  case quantile

  /// Whether the prediction is the exponential of the raw score.
  public var hasLogLink: Bool { self == .poisson || self == .gamma || self == .tweedie }
}
