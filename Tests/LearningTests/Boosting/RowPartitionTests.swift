import Learning
import Parallelism
import Testing

@Suite struct RowPartitionTests {
  @Test(arguments: [1, 2]) func `rows are parted in their order, in chunks or not`(threads: Int) {
    let rowCount = 100_003
    let bins = FlatBuffer((0..<rowCount).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
    var left = BinSet()
    for bin in stride(from: 0, to: 256, by: 3) { left.insert(bin) }
    let partition = RowPartition(rowCount: rowCount)
    let count = partition.split(
      100..<rowCount, bins: BinnedMatrix.FeatureBins(base: bins.base, stride: 1), leftBins: left,
      threads: WorkerThreads(count: threads))
    let rows = (100..<rowCount).map { UInt32($0) }
    let isLeft = { (row: UInt32) in left.contains(Int(bins.base[Int(row)])) }
    let before: [UInt32] = (0..<100).map { UInt32($0) }
    let expected: [UInt32] = [before, rows.filter(isLeft), rows.filter { !isLeft($0) }].flatMap { $0 }
    #expect(partition.rows.array == expected)
    #expect(count == rows.filter(isLeft).count)
  }

  @Test func `rows stay where they are when a side would have too few`() {
    let rowCount = 20_000
    let bins = FlatBuffer((0..<rowCount).map { UInt8($0 % 100 == 0 ? 1 : 0) })
    var left = BinSet()
    left.insert(1)
    let partition = RowPartition(rowCount: rowCount)
    func split(_ leftBins: BinSet, least: Int) -> Int {
      partition.split(
        0..<rowCount, bins: BinnedMatrix.FeatureBins(base: bins.base, stride: 1), leftBins: leftBins, least: least,
        threads: WorkerThreads(count: 2))
    }
    #expect(split(left, least: 201) == 200)
    #expect(partition.rows.array == (0..<20_000).map { UInt32($0) })
    var others = BinSet()
    others.insert(0)
    #expect(split(others, least: 201) == 19_800)
    #expect(partition.rows.array == (0..<20_000).map { UInt32($0) })
    #expect(split(left, least: 200) == 200)
    #expect(partition.rows.array.prefix(3) == [0, 100, 200])
  }
}
