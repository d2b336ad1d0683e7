/// Puts numbers in order, digit by digit: a sample of each feature is sorted before its bins are known, and that is
/// several times faster than by comparisons.
package enum SampleOrder {
  /// Sorts numbers, none of them NaN, ascending; −0 comes before 0. O(8 · count), less where digits agree.
  package static func sort(_ values: inout [Double]) {
    // Keys whose order as integers is that of the numbers: negative ones are turned over, positive ones come behind them.
    var keys = values.map { value in
      let bits = value.bitPattern
      return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }
    var other = [UInt64](repeating: 0, count: keys.count)
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      var starts = [Int](repeating: 0, count: 256)
      for key in keys { starts[Int(key >> shift & 255)] += 1 }
      // Every key has this digit: numbers that were once narrower have many such.
      if starts.contains(keys.count) { continue }
      var sum = 0
      for digit in 0..<256 { (starts[digit], sum) = (sum, sum + starts[digit]) }
      for key in keys {
        let digit = Int(key >> shift & 255)
        other[starts[digit]] = key
        starts[digit] += 1
      }
      swap(&keys, &other)
    }
    for (index, key) in keys.enumerated() {
      values[index] = Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
    }
  }
}
