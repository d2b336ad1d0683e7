/// A metric with its definition and the version of that: what an auditor needs to compute it again. A change of a definition, of a
/// tie rule or of an interval is a new version.
package enum MetricDefinition: String, Sendable, CaseIterable {
  case auc, averagePrecision, liftByDecile, gainByDecile
  case logLoss, brier, brierReliability, brierResolution, brierUncertainty, brierWithinBinVariance
  case brierWithinBinCovariance
  case calibrationInTheLarge, calibrationIntercept, calibrationSlope, calibrationTable, expectedCalibrationError
  case expectedMaximumProfit, expectedMaximumProfitShare, maximumProfit, maximumProfitShare

  /// The version of the definition.
  package var version: Int { 1 }

  /// The name and the version: what stands beside every value.
  package var identifier: String { "\(rawValue)/\(version)" }

  /// How an interval of 95 % is made.
  package enum Interval: String, Sendable {
    /// From the variance of the area.
    case deLong = "DeLong"
    /// Estimate ± 1.96 standard errors.
    case wald = "Wald"
    /// Of a share.
    case wilson = "Wilson"
    /// From the quantiles of replicates.
    case bootstrap = "Poisson bootstrap, percentiles"
  }

  /// How the metric's interval is made.
  package var interval: Interval {
    switch self {
    case .auc: .deLong
    case .calibrationInTheLarge, .calibrationIntercept, .calibrationSlope: .wald
    case .calibrationTable: .wilson
    default: .bootstrap
    }
  }

  /// Whether the scores must be probabilities.
  package var asksForProbabilities: Bool {
    switch self {
    case .auc, .averagePrecision, .liftByDecile, .gainByDecile, .expectedMaximumProfit, .expectedMaximumProfitShare,
      .maximumProfit, .maximumProfitShare:
      false
    default: true
    }
  }

  /// Which labels the rows must have.
  package enum LabelNeed: Sendable {
    case any, positives, both
  }

  /// Which labels the rows must have for the metric to exist.
  package var labelNeed: LabelNeed {
    switch self {
    case .logLoss, .brier, .brierReliability, .brierResolution, .brierUncertainty, .brierWithinBinVariance,
      .brierWithinBinCovariance, .calibrationTable, .expectedCalibrationError:
      .any
    case .averagePrecision, .liftByDecile, .gainByDecile: .positives
    default: .both
    }
  }

  /// What people call it.
  package var title: String {
    switch self {
    case .auc: "AUC"
    case .averagePrecision: "average precision"
    case .liftByDecile: "lift by decile"
    case .gainByDecile: "gain by decile"
    case .logLoss: "log loss"
    case .brier: "Brier score"
    case .brierReliability: "  reliability"
    case .brierResolution: "  resolution"
    case .brierUncertainty: "  uncertainty"
    case .brierWithinBinVariance: "  variance within bins"
    case .brierWithinBinCovariance: "  covariance within bins"
    case .calibrationInTheLarge: "calibration in the large"
    case .calibrationIntercept: "calibration intercept"
    case .calibrationSlope: "calibration slope"
    case .calibrationTable: "calibration table"
    case .expectedCalibrationError: "expected calibration error"
    case .expectedMaximumProfit: "expected maximum profit"
    case .expectedMaximumProfitShare: "  share contacted"
    case .maximumProfit: "maximum profit"
    case .maximumProfitShare: "  share contacted"
    }
  }

  /// The definition in words: s score, p probability, y label, w weight (1 where no column of weights is named).
  package var text: String {
    switch self {
    case .auc:
      "P(s+ > s-) + 1/2 P(s+ = s-) over pairs of a row of label 1 and one of label 0 (Mann-Whitney, ties half); "
        + "variance of DeLong, DeLong and Clarke-Pearson 1988"
    case .averagePrecision:
      "sum of (R_k - R_k-1) P_k over the distinct scores, the greatest first: steps, rows of equal score together"
    case .liftByDecile:
      "share of the rows of label 1 in the k-th tenth of the rows by score, times 10; rows of equal score are shared by their "
        + "mean among the tenths that they reach into"
    case .gainByDecile: "share of the rows of label 1 in the first k tenths of the rows by score; ties as for the lift"
    case .logLoss: "-mean(y ln p + (1 - y) ln(1 - p)), natural logarithm, p kept within 1e-15 and 1 - 1e-15"
    case .brier:
      "mean((p - y)^2) = reliability - resolution + uncertainty + variance within bins - covariance within bins"
    case .brierReliability: "sum of n_k (mean p_k - mean y_k)^2 / n over the bins k of the calibration table"
    case .brierResolution: "sum of n_k (mean y_k - mean y)^2 / n over the bins k of the calibration table"
    case .brierUncertainty: "mean y (1 - mean y)"
    case .brierWithinBinVariance: "sum of (p - mean p_k)^2 / n over all rows, k the row's bin"
    case .brierWithinBinCovariance: "2 times the sum of (p - mean p_k)(y - mean y_k) / n over all rows, k the row's bin"
    case .calibrationInTheLarge:
      "a of the maximum-likelihood fit logit P(y = 1) = a + logit p, p kept within 1e-15 and 1 - 1e-15; 0 where calibrated"
    case .calibrationIntercept:
      "a of the maximum-likelihood fit logit P(y = 1) = a + b logit p, p kept within 1e-15 and 1 - 1e-15; 0 where calibrated"
    case .calibrationSlope: "b of the same fit; 1 where calibrated, below 1 where p is too extreme"
    case .calibrationTable:
      "bins of equally many rows by p; rows of equal p lie whole in the bin that their middle falls into; mean p and share of "
        + "label 1 with Wilson's interval"
    case .expectedCalibrationError: "sum of n_k |mean p_k - mean y_k| / n over the bins k of the calibration table"
    case .expectedMaximumProfit:
      "integral over gamma ~ Beta(alpha, beta) of the greatest profit a row over all cuts on the convex hull of the ROC: profit = "
        + "(P (gamma (V - d) - f) - N (d + f)) / T with P and N rows of label 1 and 0 contacted, T rows, V customer value, d offer "
        + "cost, f contact cost (Verbraken, Verbeke and Baesens 2013)"
    case .expectedMaximumProfitShare: "mean over gamma of the share of rows contacted at the best cut"
    case .maximumProfit: "the greatest profit a row over all cuts where gamma is alpha / (alpha + beta)"
    case .maximumProfitShare: "the share of rows contacted at that cut, the least of equals"
    }
  }
}
