import FoundationEssentials

/// The categories of a pandas frame, as LightGBM's Python package writes them behind a model: a list for each column of the type
/// `category`, in the frame's order, without the columns' names. A value of such a column is its position in the list.
///
/// Which column a list belongs to must be concluded. LightGBM treats the columns as categorical, but one that is ordered as numbers, and
/// one with a single value not at all; and a column may be categorical that was none in pandas. Lists go to columns in order, the
/// positions that the model holds must be in the list, and of what is left the reading is taken that departs least from
/// "every categorical column and no other has a list".
struct PandasCategories {
  /// What a model says of a feature.
  struct Use {
    /// The feature's name.
    var name: String
    /// Whether any split, or the range, takes it as categorical.
    var isCategorical: Bool
    /// Whether any split asks for it.
    var isSplitOn: Bool
    /// The range of a feature of numbers; nil for others.
    var range: ClosedRange<Double>?
    /// The greatest position that the model holds; −1 where it holds none.
    var greatestCode: Int
  }

  /// Columns times lists that are looked through at most.
  private static let maximumSearch = 1 << 24
  private static let key = "pandas_categorical:"

  /// The categories of one column.
  struct List {
    /// Texts, or the texts of numbers or flags.
    var levels: [String]
    /// Whether all are numbers or flags.
    var isOfValues: Bool
  }

  private let lists: [List]

  /// Reads the line among the last of a model file; there are no lists where it is absent or null.
  ///
  /// - Throws: `damagedModel` for a line that is no list of lists of texts, numbers and flags, each once in its list.
  init(_ lines: ArraySlice<Substring>) throws(LearningError) {
    guard let line = lines.last(where: { $0.hasPrefix(PandasCategories.key) }),
      line != "\(PandasCategories.key)null"
    else {
      lists = []
      return
    }
    let json = Data(line.dropFirst(PandasCategories.key.count).utf8)
    guard let found = try? JSONDecoder().decode([[Category]].self, from: json) else {
      throw LearningError(
        .damagedModel, "pandas_categorical of the model file is no list of lists of texts, numbers and flags")
    }
    lists = found.map { list in
      List(levels: list.map(\.text), isOfValues: !list.isEmpty && list.allSatisfy(\.isValue))
    }
    for (index, list) in lists.enumerated() where Set(list.levels).count != list.levels.count {
      throw LearningError(.damagedModel, "list \(index) of pandas_categorical of the model file has a category twice")
    }
  }

  /// One category: a text, or the text of a number or flag.
  private struct Category: Decodable {
    var text: String
    var isValue = true

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let found = try? value.decode(String.self) {
        (text, isValue) = (found, false)
      } else if let found = try? value.decode(Bool.self) {
        text = found ? "true" : "false"
      } else if let found = try? value.decode(Int64.self) {
        text = "\(found)"
      } else {
        let number = try value.decode(Double.self)
        text = Int64(exactly: number).map { "\($0)" } ?? "\(number)"
      }
    }
  }

  /// The list of each feature; nil for those without. A feature that no split asks for may go without where its list is unclear.
  ///
  /// - Throws: `damagedModel` where the lists fit the features in no way, or in several that score differently.
  func lists(_ uses: [Use]) throws(LearningError) -> [List?] {
    guard !lists.isEmpty else { return uses.map { _ in nil } }
    let categorical = uses.indices.filter { uses[$0].isCategorical }
    if categorical.count == lists.count, zip(categorical, lists).allSatisfy({ cost(uses[$0], $1) == 0 }) {
      var given = [List?](repeating: nil, count: uses.count)
      for (index, list) in zip(categorical, lists) { given[index] = list }
      return given
    }
    guard (uses.count + 1) * (lists.count + 1) <= PandasCategories.maximumSearch else {
      throw LearningError(.damagedModel, "pandas_categorical of the model file and its features contradict each other")
    }
    return try search(uses)
  }

  /// How much a feature with a list, or without one, departs from what is usual; nil where it cannot be.
  private func cost(_ use: Use, _ list: List?) -> Int? {
    guard let list else { return use.isCategorical ? 1 : 0 }
    let count = max(1, list.levels.count)
    if use.isCategorical { return use.greatestCode < count ? 0 : nil }
    guard let range = use.range else { return use.isSplitOn ? nil : 0 }
    let isOfPositions = range.lowerBound >= 0 && range.upperBound < Double(count)
    return isOfPositions && range.upperBound == range.upperBound.rounded() ? 1 : nil
  }

  /// Looks through every way to give the lists to the features in order.
  private func search(_ uses: [Use]) throws(LearningError) -> [List?] {
    let never = Int.max / 4
    let width = lists.count + 1
    /// The least cost of the features from one on, with the lists from one on.
    var rest = [Int](repeating: never, count: (uses.count + 1) * width)
    rest[uses.count * width + lists.count] = 0
    func with(_ feature: Int, _ list: Int) -> Int {
      guard list < lists.count, let cost = cost(uses[feature], lists[list]) else { return never }
      return cost + rest[(feature + 1) * width + list + 1]
    }
    func without(_ feature: Int, _ list: Int) -> Int {
      (cost(uses[feature], nil) ?? never) + rest[(feature + 1) * width + list]
    }
    for feature in uses.indices.reversed() {
      for list in 0..<width { rest[feature * width + list] = min(never, with(feature, list), without(feature, list)) }
    }
    guard rest[0] < never else {
      throw LearningError(.damagedModel, "pandas_categorical of the model file fits no reading of its features")
    }
    // The numbers of lists that the best ways may have given away before a feature.
    var reached: Set<Int> = [0]
    var given: [List?] = []
    for feature in uses.indices {
      var (next, found): (Set<Int>, Set<Int?>) = ([], [])
      for list in reached {
        let least = rest[feature * width + list]
        if with(feature, list) == least {
          found.insert(list)
          next.insert(list + 1)
        }
        if without(feature, list) == least {
          found.insert(nil)
          next.insert(list)
        }
      }
      guard found.count == 1 || !uses[feature].isSplitOn else {
        throw LearningError(
          .damagedModel,
          "feature \(uses[feature].name) of the model file may have one of several lists of pandas_categorical: "
            + "train with ordered categories unordered, or as numbers"
        )
      }
      given.append(found.count == 1 ? (found.first ?? nil).map { lists[$0] } : nil)
      reached = next
    }
    return given
  }
}

extension BoostedModel {
  /// What a model says of each feature, by its splits and ranges.
  static func uses(_ names: [String], _ infos: [Substring], _ trees: [Tree]) -> [PandasCategories.Use] {
    var uses = zip(names, infos).map { name, info in
      let isCategorical = info != "none" && !info.hasPrefix("[")
      let codes = isCategorical ? info.split(separator: ":").compactMap { Int($0) } : []
      return PandasCategories.Use(
        name: name, isCategorical: isCategorical, isSplitOn: false, range: range(info), greatestCode: codes.max() ?? -1)
    }
    for tree in trees {
      for node in 0..<tree.nodeCount {
        let feature = Int(tree.splitFeatures[node])
        uses[feature].isSplitOn = true
        guard tree.decisionTypes[node] & Tree.categoricalBit != 0 else { continue }
        uses[feature].isCategorical = true
        uses[feature].greatestCode = max(
          uses[feature].greatestCode, tree.greatestCode(set: Int(tree.thresholds[node])))
      }
    }
    return uses
  }
}

extension Tree {
  /// The greatest code in a set; −1 for an empty one.
  fileprivate func greatestCode(set: Int) -> Int {
    let words = categoryBoundaries[set]..<categoryBoundaries[set + 1]
    guard let last = words.last(where: { categoryWords[$0] != 0 }) else { return -1 }
    return (last - words.lowerBound) * 32 + 31 - categoryWords[last].leadingZeroBitCount
  }
}
