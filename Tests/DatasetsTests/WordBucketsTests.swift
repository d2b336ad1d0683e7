import Datasets
import Testing

@Suite struct WordBucketsTests {
  private func read(_ text: String) -> [UInt16] {
    var buckets: [UInt16] = []
    WordBuckets.append(text, to: &buckets)
    return buckets
  }

  @Test func `every bucket comes back from its two characters`() {
    let all = Array(0..<UInt16(WordBuckets.count))
    let text = WordBuckets.text(all)
    #expect(text.utf8.count == 2 * WordBuckets.count)
    #expect(read(text) == all)
    #expect(WordBuckets.text([0, 1, 64, 4_095]) == "AAABBA__")
  }

  @Test(arguments: ["A", "AAB", "A+", "AA=", "AAé"]) func `what is no text of buckets adds nothing`(text: String) {
    var buckets: [UInt16] = [7]
    WordBuckets.append(text, to: &buckets)
    #expect(buckets == [7])
    WordBuckets.append("AB", to: &buckets)
    #expect(buckets == [7, 1])
  }
}
