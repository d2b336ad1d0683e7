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
}
