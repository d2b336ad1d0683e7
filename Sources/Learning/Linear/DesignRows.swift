package import Parallelism

/// What a logistic regression learns from: the terms of each row, its label, weight and offset.
///
/// Dense terms are made block by block from the columns of the table. Of terms that are 0 or 1 each row has a list of those
/// that are 1 in it.
package struct DesignRows: Sendable {
  /// Rows of a list of sparse terms; fixed, like all that sums are cut by.
  package static let chunkRowCount = 1 << 13

  /// The sparse terms of a chunk: row r has `terms[starts[r] ..< starts[r + 1]]`, in ascending order.
  package struct Chunk: Sendable {
    var starts: [UInt32]
    var terms: [UInt32]
  }

  package let design: DesignMatrix
  package let table: FeatureTable
  package let labels: [Double]
  package let weights: [Double]?
  package let offsets: [Double]?
  /// One a chunk of rows; none where there is no sparse term.
  package let chunks: [Chunk]

  package init(
    _ design: DesignMatrix, _ table: FeatureTable, labels: [Double], weights: [Double]? = nil,
    offsets: [Double]? = nil, threads: WorkerThreads
  ) {
    (self.design, self.table, self.labels) = (design, table, labels)
    (self.weights, self.offsets) = (weights, offsets)
    let readers = DesignRows.readers(design, table.features)
    chunks =
      readers.isEmpty
      ? []
      : threads.collectChunks(rowCount: table.rowCount, chunkRowCount: DesignRows.chunkRowCount) { rows in
        DesignRows.chunk(readers, table, rows)
      }
  }

  /// The number of rows.
  package var rowCount: Int { table.rowCount }

  /// How a feature marks sparse terms.
  private enum Reader: Sendable {
    /// The term where the value is missing.
    case missing(feature: Int, term: UInt32)
    /// The term of each code; `UInt32.max` for codes without one.
    case levels(feature: Int, terms: [UInt32])
  }

  private static func readers(_ design: DesignMatrix, _ features: [Feature]) -> [Reader] {
    var readers: [Reader] = []
    for (term, source) in design.sources.dropFirst(design.denseCount).enumerated() {
      switch source {
      case .value, .ramp: preconditionFailure("terms of values come first")
      case .missing(let feature, _, _): readers.append(.missing(feature: feature, term: UInt32(term)))
      case .level(let feature, let code, _, _):
        if case .levels(feature, var terms) = readers.last {
          terms[code] = UInt32(term)
          readers[readers.count - 1] = .levels(feature: feature, terms: terms)
        } else {
          var terms = [UInt32](repeating: .max, count: features[feature].levels?.count ?? 0)
          terms[code] = UInt32(term)
          readers.append(.levels(feature: feature, terms: terms))
        }
      }
    }
    return readers
  }

  /// Calls `body` with the row, counted from the chunk's first, and the term of each 1 of a reader.
  private static func forEach(
    _ reader: Reader, _ table: FeatureTable, _ rows: Range<Int>, _ body: (Int, UInt32) -> Void
  ) {
    switch reader {
    case .missing(let feature, let term):
      table.withValues(of: feature, rows) { values in
        for row in 0..<rows.count where !values[row].isFinite { body(row, term) }
      }
    case .levels(let feature, let terms):
      table.withValues(of: feature, rows) { values in
        for row in 0..<rows.count {
          let value = values[row]
          guard value >= 0, value < Double(terms.count) else { continue }
          let term = terms[Int(value)]
          if term != .max { body(row, term) }
        }
      }
    }
  }

  private static func chunk(_ readers: [Reader], _ table: FeatureTable, _ rows: Range<Int>) -> Chunk {
    var starts = [UInt32](repeating: 0, count: rows.count + 1)
    for reader in readers { forEach(reader, table, rows) { row, _ in starts[row + 1] += 1 } }
    for row in 0..<rows.count { starts[row + 1] += starts[row] }
    var terms = [UInt32](repeating: 0, count: Int(starts[rows.count]))
    var next = starts
    for reader in readers {
      forEach(reader, table, rows) { row, term in
        terms[Int(next[row])] = term
        next[row] += 1
      }
    }
    return Chunk(starts: starts, terms: terms)
  }
}
