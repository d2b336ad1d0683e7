import Calendar
import Configuration

/// A column that may be the source of a canonical field, and how it would be read.
struct FieldCandidate {
  /// How sure the sample makes it that the column is the field.
  enum Grounds: Int {
    /// The column's values look like it.
    case content
    /// The column's name says it too.
    case name
  }

  /// The canonical field.
  let field: CanonicalField
  /// The column.
  let column: Int
  let grounds: Grounds
  /// From 0 to 1: how well name and content fit.
  let score: Double
  /// The share of the filled rows that the field's decoder reads.
  let share: Double
  /// `format`, where the field is a time.
  var format: String?
  /// `unit`, where the field has one.
  var unit: String?
  /// `number-format`, where numbers are not written plainly.
  var numberForm: NumberForm?
  /// `values`, where codes must be translated.
  var values: [(delivered: String, meaning: String)] = []
  /// Codes that the vocabulary lacks.
  var unknownCodeCount = 0
  /// What a person should check.
  var doubts: [String] = []

  /// What is said of a column that no name speaks for.
  static let contentDoubt = "only its content says so"
  /// Below this a column is no candidate.
  static let leastScore = 0.25

  /// Judges a column as the source of a field; nil where it cannot be.
  init?(_ field: CanonicalField, _ kind: FeedKind, _ profile: ColumnProfile) {
    self.field = field
    column = profile.index
    let fit = profile.words.isEmpty ? 0 : FieldNames.fit(profile.spellings, field.name, kind)
    grounds = fit > 0 ? .name : .content
    let reading = FieldReadingGuess(field, kind, profile)
    share = reading.share
    format = reading.format
    unit = reading.unit
    numberForm = reading.numberForm
    values = reading.values
    unknownCodeCount = reading.unknownCodeCount
    doubts = reading.doubts
    guard share >= 0.5 else { return nil }
    if fit > 0 {
      // An empty column proves nothing, but its name still speaks.
      score = fit * (profile.filledCount == 0 ? 0.6 : 0.3 + 0.7 * share)
    } else {
      score = reading.contentScore
      if score > 0 { doubts.append(FieldCandidate.contentDoubt) }
    }
    guard score >= FieldCandidate.leastScore else { return nil }
  }
}
