import Datasets

/// What the words of a ticket say of its category, by a naive Bayes classifier that leaves the ticket itself out.
///
/// With n(c, w) the tickets of category c that have word w, N(c) those of c, n(w) = Σ n(c, w), T(c) = Σ n(c, w) over w, T = Σ T(c), all
/// without the ticket itself, its likelihood under c is, up to what all categories share,
///
///     (N(c) + 1) × Π (n(c, w) × 1024 + b(w)) / ((T(c) + 64) × 1024),   b(w) = 1 + ⌊65536 × n(w) / T⌋
///
/// over its words that some other ticket has: the shares of the category, with 64 words of everybody's added (the Dirichlet prior
/// of McCallum and Nigam, 1998, on words that count once a text). In b the ticket itself is left in, which says nothing of its
/// category. Logarithms are in units of 2⁻¹⁶ (`BinaryLog`), so that sums are whole.
package struct TextReader: Sendable {
  /// Words of everybody's that are added to those of each category.
  private static let priorWordCount: Int64 = 64
  /// What one word of the category weighs against the parts of a word of everybody's.
  private static let scale: Int64 = 1_024

  private typealias Lanes = SIMD8<Int32>

  /// The places of the categories that are learned, ascending.
  private let learned: [Int]
  /// Of each bucket, log2(n(c, w) × 1024 + b(w)) by category.
  private let shares: [Lanes]
  /// How much less it is where one ticket is left out: bucket × `TextModel.laneCount` + category.
  private let losses: [Int32]
  /// Of each bucket, the tickets of learned categories that have it.
  private let totals: [Int32]
  /// Of each category, log2(N(c) + 1), and the same without one ticket.
  private let priors: [Int64]
  private let ownPriors: [Int64]
  private let wordCounts: [Int64]
  private let divisors: [Int64]

  /// Prepares what a model has learned; nil where that is too little. O(buckets × categories).
  package init?(_ model: TextModel) {
    let learned = model.learnedCategories
    guard !learned.isEmpty else { return nil }
    let scale = TextReader.scale
    var (totals, wordCounts) = ([Int32](), [Int64](repeating: 0, count: TextModel.laneCount))
    for bucket in 0..<WordBuckets.count {
      var total: Int32 = 0
      for category in learned {
        let count = model.counts[bucket * TextModel.laneCount + category]
        total += count
        wordCounts[category] += Int64(count)
      }
      totals.append(total)
    }
    let allWords = max(1, wordCounts.reduce(0, +))
    var (shares, losses) = ([Lanes](), [Int32](repeating: 0, count: model.counts.count))
    for bucket in 0..<WordBuckets.count {
      let base = 1 + TextReader.priorWordCount * scale * Int64(totals[bucket]) / allWords
      var share = Lanes()
      for category in learned {
        let place = bucket * TextModel.laneCount + category
        let count = Int64(model.counts[place])
        share[category] = BinaryLog.units(of: count * scale + base)
        if count > 0 { losses[place] = share[category] - BinaryLog.units(of: (count - 1) * scale + base) }
      }
      shares.append(share)
    }
    self.learned = learned
    self.shares = shares
    self.losses = losses
    self.totals = totals
    self.wordCounts = wordCounts
    priors = model.ticketCounts.map { Int64(BinaryLog.units(of: $0 + 1)) }
    ownPriors = model.ticketCounts.map { Int64(BinaryLog.units(of: max(1, $0))) }
    divisors = wordCounts.map { Int64(BinaryLog.units(of: ($0 + TextReader.priorWordCount) * scale)) }
  }

  /// Whether a category is learned.
  package func knows(_ category: Int) -> Bool { learned.contains(category) }

  /// The likeliest category of the words of a ticket, and how likely `asked` is in whole per cent.
  ///
  /// `own` is the category under which the ticket itself was learned. Nil where no other ticket has any of its words.
  package func read(_ buckets: ArraySlice<UInt16>, own: Int?, asked: Int) -> (category: Int, percent: Int)? {
    let teaching = own.flatMap { knows($0) ? $0 : nil }
    let least: Int32 = teaching == nil ? 0 : 1
    var sums = Lanes()
    var (loss, wordCount) = (Int32(0), Int64(0))
    for bucket in buckets where totals[Int(bucket)] > least {
      // At most 511 words of at most 64 × 2¹⁶ units each: less than 2³¹.
      sums &+= shares[Int(bucket)]
      if let teaching { loss &+= losses[Int(bucket) * TextModel.laneCount + teaching] }
      wordCount += 1
    }
    guard wordCount > 0 else { return nil }
    var scores = SIMD8<Int64>(repeating: .min)
    var best = learned[0]
    for category in learned {
      var (prior, divisor) = (priors[category], divisors[category])
      var score = Int64(sums[category])
      if category == teaching {
        prior = ownPriors[category]
        score -= Int64(loss)
        let left = wordCounts[category] - Int64(buckets.count) + TextReader.priorWordCount
        divisor = Int64(BinaryLog.units(of: left * TextReader.scale))
      }
      score += prior - wordCount * divisor
      scores[category] = score
      if score > scores[best] { best = category }
    }
    guard knows(asked) else { return (best, 0) }
    var sum = 0.0
    // In the order of the categories.
    for category in learned { sum += BinaryLog.power(ofMinus: Int(scores[best] - scores[category])) }
    let share = BinaryLog.power(ofMinus: Int(scores[best] - scores[asked])) / sum
    return (best, Int((share * 100).rounded()))
  }
}
