import Columns
import Datasets
import Testing

@Suite struct DatasetTests {
  static let all =
    Dataset.facts + [
      .coverage, .rejects, .deliveredDays, .refusals, .recordKeys, .scores, .decisions, .assignments, .twinRevisions,
    ]

  @Test func `folders follow the data home's layout`() {
    #expect(Dataset.usage.folder == "data/facts/feed=usage")
    #expect(Dataset.scores.folder == "data/scores")
    #expect(Set(Self.all.map(\.folder)).count == Self.all.count)
  }

  @Test(arguments: DatasetTests.all) func `column names are lower case words and money says its unit`(dataset: Dataset)
  {
    for field in dataset.schema.fields {
      #expect(field.name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F })
      #expect(!field.meaning.isEmpty)
      if field.meaning.contains("currency") { #expect(field.name.contains("_e4") && field.type == .int64) }
      #expect(!field.name.contains("msisdn") && !field.name.contains("number"), "facts hold no phone number")
    }
  }

  @Test(arguments: Dataset.facts) func `every fact says when it happened, when it was known and who brought it`(
    dataset: Dataset
  ) {
    for name in ["event_date", "known_date", "delivery_id"] {
      #expect(dataset.schema.index(of: name) != nil)
    }
  }
}
