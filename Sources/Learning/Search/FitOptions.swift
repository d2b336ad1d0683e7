extension GradientBoosting.Parameters {
  /// The options of `nightjar-train fit` that learn with these parameters: what a search changes, and whatever else is not as `fit`
  /// has it without an option.
  var fitOptions: String {
    let usual = GradientBoosting.Parameters()
    // What is written only where it is not the default.
    let others: [(text: String, isUsual: Bool)] = [
      ("--objective \(objective.optionName)", objective == usual.objective),
      ("--tweedie-power \(tweediePower)", objective != .tweedie),
      ("--quantile-level \(quantileLevel)", objective != .quantile),
      ("--growth \(growth.rawValue)", growth == usual.growth),
      ("--max-depth \(maximumDepth)", maximumDepth == usual.maximumDepth),
      ("--min-hessian \(minimumLeafHessian)", minimumLeafHessian == usual.minimumLeafHessian),
      ("--min-gain \(minimumGain)", minimumGain == usual.minimumGain), ("--l1 \(l1)", l1 == usual.l1),
      ("--row-fraction \(rowFraction)", rowFraction == usual.rowFraction),
    ]
    var words = [
      "--trees \(treeCount)", "--leaves \(leafCount)", "--learning-rate \(learningRate)",
      "--min-leaf \(minimumLeafRowCount)", "--l2 \(l2)", "--feature-fraction \(featureFraction)",
      "--rounding-noise \(roundingNoise)", "--seed \(seed)",
    ]
    words += others.filter { !$0.isUsual }.map(\.text)
    if let sampling = oneSideSampling { words.append("--one-side \(sampling.topFraction),\(sampling.otherFraction)") }
    if !monotone.isEmpty {
      let directions = monotone.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value == .increasing ? "+" : "-")" }
      words.append("--monotone \(ShellWord.quoted(directions.joined(separator: ",")))")
    }
    if !interactions.isEmpty {
      let sets = interactions.map { $0.joined(separator: ",") }.joined(separator: ";")
      words.append("--interactions \(ShellWord.quoted(sets))")
    }
    return words.joined(separator: " ")
  }
}

extension Objective {
  /// The name that the options use; the raw value is that of the model file.
  public var optionName: String {
    switch self {
    case .logistic: "logistic"
    case .squared: "squared"
    default: rawValue
    }
  }
}

/// A word of a command line.
enum ShellWord {
  /// The word as a shell takes it for one: in single quotes, unless nothing in it asks for them.
  static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || "_-+:,.".utf8.contains(byte)
      }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
