public import Configuration

/// Why a model could not be trained, read or applied.
public struct LearningError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure; open, so that a new kind breaks no caller.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The code's stable name.
    public var rawValue: String
    /// Makes a code from its stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// History is too short, or has too few who left: nothing can be learned yet.
    public static let tooLittleHistory = Code(rawValue: "too-little-history")
    /// Rows of one class only, or more or greater than a learner can add up: nothing can be learned.
    public static let cannotTrain = Code(rawValue: "cannot-train")
    /// A model file is not in LightGBM's text format, or contradicts itself.
    public static let damagedModel = Code(rawValue: "damaged-model")
    /// A file of a model lacks a key that versions of its time did not have.
    public static let olderFormat = Code(rawValue: "older-format")
    /// A needed column is absent or has a type that no feature can have.
    public static let missingColumn = Code(rawValue: "missing-column")
    /// Two columns of what is to be written would have one name.
    public static let invalidColumns = Code(rawValue: "invalid-columns")
    /// A column of a table holds values that labels, scores, weights or segments cannot have.
    public static let invalidValues = Code(rawValue: "invalid-values")
    /// A feature predicts the label so well that it must know the future.
    public static let leakage = Code(rawValue: "leakage")
    /// A model reads a field that the catalogue bars from models.
    public static let barredInput = Code(rawValue: "barred-input")
    /// No model has been trained yet.
    public static let missingModel = Code(rawValue: "missing-model")
    /// No version of the model has the name, or there is none to return to.
    public static let unknownVersion = Code(rawValue: "unknown-version")
    /// A version predicts another horizon than what it is held against.
    public static let otherHorizon = Code(rawValue: "other-horizon")
    /// A promotion or rollback does not say by whom and why.
    public static let invalidAct = Code(rawValue: "invalid-act")
    /// A product needed as input could not be read, or one made could not be written.
    public static let inputOutput = Code(rawValue: "input-output")
  }

  /// The kind of failure.
  public var code: Code
  /// What happened, where, and what to do next: positions and names, never values.
  public var message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message with its code.
  public var description: String { "\(message) [\(code.rawValue)]" }
}

extension LearningError: ExitStatusProviding {
  /// The exit status of the code: usage, input missing, input or output failed, or bad data.
  public var exitStatus: Int32 {
    switch code {
    case .missingModel, .unknownVersion: ExitStatus.inputMissing
    case .invalidAct: ExitStatus.usage
    case .inputOutput: ExitStatus.inputOutput
    default: ExitStatus.badData
    }
  }
}
