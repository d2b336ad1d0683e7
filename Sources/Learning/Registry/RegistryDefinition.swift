public import Configuration

/// Which version of a model scores, and how far its inputs may move: `Pipelines/models/registry.yaml` (<doc:Registry>).
public struct RegistryDefinition: Sendable, Hashable {
  /// The file's path below the configuration folder.
  public static let file = "models/registry.yaml"

  /// When a challenger takes the champion's place.
  public var promotion = PromotionRule()
  /// From where on a night warns of drift.
  public var drift = DriftThresholds()

  /// Makes the default definition.
  public init() {}

  /// Reads a definition; throws every fault of the file at once.
  public init(_ document: ConfigurationDocument) throws(ConfigurationError) {
    var definition = RegistryDefinition()
    let reader = document.reader()
    reader.mapping("promotion") { definition.promotion = PromotionRule($0) }
    reader.mapping("drift") { definition.drift = DriftThresholds($0) }
    try reader.finish()
    self = definition
  }
}

extension PromotionRule {
  fileprivate init(_ reader: NodeReader) {
    self.init()
    mode = reader.enumeration("promote", as: Mode.self) ?? mode
    confidence = reader.double("confidence", default: confidence, in: 0.5...0.999)
    reader.mapping("floors") { reader in
      minimumEventCount = reader.int("minimum-events", in: 1...1_000_000_000)
      minimumAUC = reader.double("minimum-auc", in: 0...1)
      maximumCalibrationError = reader.double("maximum-calibration-error", in: 0...1)
      maximumSingleFeatureAUC = reader.double("maximum-single-feature-auc", in: 0.5...1)
    }
    reader.mapping("against-champion") { reader in
      comparedEventCount = reader.int("minimum-events", in: 1...1_000_000_000)
      reader.mapping("auc") { reader in
        aucTest = reader.enumeration("test", as: AUCTest.self) ?? aucTest
        aucMargin = reader.double("margin", in: 0...1)
      }
      maximumLogLossRise = reader.double("maximum-log-loss-rise", in: 0...100)
      maximumCalibrationErrorRise = reader.double("maximum-calibration-error-rise", in: 0...1)
      reader.mapping("segments") { reader in
        segmentEventCount = reader.int("minimum-events", in: 2...1_000_000_000)
        maximumSegmentAUCLoss = reader.double("maximum-auc-loss", in: 0...1)
      }
    }
  }
}

extension DriftThresholds {
  fileprivate init(_ reader: NodeReader) {
    self.init()
    inputWarnAbove = reader.double("input-warn-above", in: 0...1_000)
    scoreWarnAbove = reader.double("score-warn-above", in: 0...1_000)
    maximumMissingRise = reader.double("maximum-missing-rise", in: 0...1)
    maximumUnseenShare = reader.double("maximum-unseen-share", in: 0...1)
    leastRowCount = reader.int("least-rows", in: 1...1_000_000_000)
    leastGainShare = reader.double("least-gain-share", in: 0...1)
  }
}
