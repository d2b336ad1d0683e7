import Testing
import Twins

@Suite struct TextReaderTests {
  private let cancellation = TextModel.categories.firstIndex(of: "cancellation")!
  private let network = TextModel.categories.firstIndex(of: "network")!

  /// A model of tickets of some categories, each with a word of its category and one of everybody's.
  private func model(_ counts: [String: Int]) -> TextModel {
    var model = TextModel()
    for (place, name) in TextModel.categories.enumerated() {
      for number in 0..<counts[name, default: 0] {
        model.learn([UInt16(100 * place + number % 5), 4_000][...], of: place)
      }
    }
    return model
  }

  @Test func `words point to the category that has them, whatever a ticket is filed under`() throws {
    let reader = try #require(TextReader(model(["network": 400, "cancellation": 30])))
    let word = UInt16(100 * cancellation)
    for own in [nil, network] as [Int?] {
      let said = try #require(reader.read([word, 4_000][...], own: own, asked: cancellation))
      #expect(said.category == cancellation && said.percent > 80)
    }
    let common = try #require(reader.read([4_000][...], own: nil, asked: cancellation))
    #expect(common.category == network, "what everybody says is likely to be what most tickets are about")
    #expect(common.percent < 15)
  }

  @Test func `a ticket does not teach about itself`() throws {
    // The one ticket with the word 7 is filed under cancellation; but for it, nobody knows the word.
    var model = model(["network": 40, "cancellation": 40])
    model.learn([7][...], of: cancellation)
    let reader = try #require(TextReader(model))
    #expect(reader.read([7][...], own: cancellation, asked: cancellation) == nil)
    #expect(reader.read([7][...], own: nil, asked: cancellation)?.category == cancellation)
    // Two tickets with the word 8 and different categories each hear of the other's.
    model.learn([8][...], of: cancellation)
    model.learn([8][...], of: network)
    let both = try #require(TextReader(model))
    #expect(both.read([8][...], own: cancellation, asked: cancellation)?.category == network)
    #expect(both.read([8][...], own: network, asked: cancellation)?.category == cancellation)
  }

  @Test func `what was learned with a ticket and read without it is what was learned without it`() throws {
    var without = model(["network": 60, "billing": 45, "cancellation": 35])
    without.learn([9, 10][...], of: network)
    var with = without
    let words: ArraySlice<UInt16> = [UInt16(100 * network), UInt16(100 * cancellation + 1), 4_000]
    with.learn(words, of: cancellation)
    let (one, other) = (try #require(TextReader(with)), try #require(TextReader(without)))
    let left = try #require(one.read(words, own: cancellation, asked: cancellation))
    let never = try #require(other.read(words, own: nil, asked: cancellation))
    #expect(left.category == never.category)
    // But for the share of everybody's words, in which the ticket stays.
    #expect(abs(left.percent - never.percent) <= 1)
  }

  @Test func `too few tickets teach nothing`() {
    let least = Int(TextModel.leastTicketCount)
    #expect(TextReader(TextModel()) == nil)
    #expect(TextReader(model(["network": 400])) == nil, "one category alone is no choice")
    #expect(TextReader(model(["network": least, "billing": least - 1])) == nil)
    let reader = TextReader(model(["network": least, "billing": least, "cancellation": least - 1]))
    #expect(reader?.knows(cancellation) == false)
    #expect(reader?.knows(network) == true)
    #expect(reader?.read([UInt16(100 * cancellation)][...], own: nil, asked: cancellation) == nil)
  }

  @Test func `models add up in any order`() throws {
    let parts = [model(["network": 30]), model(["cancellation": 25]), model(["network": 5, "billing": 50])]
    func sum(_ order: [Int]) -> TextReader? {
      TextReader(order.reduce(into: TextModel()) { $0.add(parts[$1]) })
    }
    let (one, other) = (try #require(sum([0, 1, 2])), try #require(sum([2, 0, 1])))
    for bucket in [0, 100, 400, 402, 4_000] as [UInt16] {
      let (a, b) = (one.read([bucket][...], own: nil, asked: 4), other.read([bucket][...], own: nil, asked: 4))
      #expect(a?.category == b?.category && a?.percent == b?.percent && a != nil)
    }
  }
}
