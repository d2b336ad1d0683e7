import Learning
import Testing

@Suite struct SuccessiveHalvingTests {
  @Test func `the best third goes on with three times as much`() {
    let halving = SuccessiveHalving(candidateCount: 27, fullResource: 90)
    #expect(halving.roundCount == 3)
    let outcome = halving.run(isSpent: { false }) { candidate, _ in Double((candidate * 7) % 27) }
    #expect(outcome.trials.map(\.round) == Array(repeating: 0, count: 27) + Array(repeating: 1, count: 9) + [2, 2, 2])
    #expect(Set(outcome.trials.map(\.resource)) == [10, 30, 90])
    #expect(outcome.best == .init(candidate: 0, round: 2, resource: 90, loss: 0))
    #expect(!outcome.isCut)
    let second = Set(outcome.trials.filter { $0.round == 1 }.map(\.loss))
    #expect(second == Set((0..<9).map { Double($0) }))
  }

  @Test func `ties go to the lower number, and what is no number is the worst`() {
    let outcome = SuccessiveHalving(candidateCount: 5, fullResource: 1).run(isSpent: { false }) { candidate, _ in
      candidate == 0 ? .nan : 1
    }
    #expect(outcome.best?.candidate == 1)
    #expect(outcome.trials.filter { $0.round == 1 }.map(\.candidate) == [1, 2])
  }

  @Test(arguments: [1, 5, 12]) func `a spent budget ends the search, and what was tried decides`(count: Int) {
    var asked = 0
    let outcome = SuccessiveHalving(candidateCount: 9, fullResource: 9).run(
      isSpent: {
        asked += 1
        return asked >= count
      }, evaluate: { candidate, resource in Double(9 - candidate) / resource })
    #expect(outcome.isCut == (count < 12))
    #expect(outcome.trials.count == min(count, 12))
    #expect(outcome.best != nil)
  }

  @Test func `one candidate is tried once, with everything`() {
    let outcome = SuccessiveHalving(candidateCount: 1, fullResource: 7).run(isSpent: { true }) { _, resource in resource
    }
    #expect(outcome.trials == [.init(candidate: 0, round: 0, resource: 7, loss: 7)])
    #expect(!outcome.isCut)
  }
}
