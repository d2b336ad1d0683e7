import Learning
import Testing

@Suite struct CalibrationTenthsTests {
  @Test func `tenths ascend from the greatest probability, and the error is their mean distance`() throws {
    // Twenty rows of distinct probabilities: two a tenth.
    let probabilities = (0..<20).map { Double($0) / 20 }
    let labels = (0..<20).map { $0 >= 18 ? 1.0 : 0 }
    let found = CalibrationTenths(probabilities: probabilities, labels: labels)
    #expect(found.tenths.map(\.rowCount) == [Int](repeating: 2, count: 10))
    #expect(found.tenths[0].eventShare == 1)
    #expect(abs(found.tenths[0].meanProbability - 0.925) < 1e-15)
    let rest = (0..<18).reduce(0.0) { $0 + Double($1) / 20 } / 20
    #expect(abs(try #require(found.error) - (0.075 * 2 / 20 + rest)) < 1e-12)
  }

  @Test func `equal probabilities stay together, whatever the order of rows`() {
    let probabilities = [0.2, 0.1, 0.2, 0.2, 0.3, 0.2]
    let labels: [Double] = [1, 0, 0, 1, 1, 0]
    let found = CalibrationTenths(probabilities: probabilities, labels: labels)
    #expect(found.tenths.map(\.rowCount) == [1, 4, 1])
    #expect(found.tenths.map(\.eventCount) == [1, 2, 0])
    #expect(found == CalibrationTenths(probabilities: probabilities.reversed(), labels: labels.reversed()))
    let flat = CalibrationTenths(probabilities: [0.5, 0.5], labels: [1, 0])
    #expect(flat.tenths.count == 1 && flat.error == 0)
    #expect(CalibrationTenths(probabilities: [], labels: []).error == nil)
    // It is the error that the metrics have.
    #expect(found.error == Evaluation(probabilities: probabilities, labels: labels).expectedCalibrationError)
    let weights: [Double] = [1, 2, 3, 1, 2, 4]
    let weighted = Evaluation(probabilities: probabilities, labels: labels, weights: weights)
    let error = CalibrationTenths(probabilities: probabilities, labels: labels, weights: weights).error
    #expect(error == weighted.expectedCalibrationError && error != found.error)
  }
}
