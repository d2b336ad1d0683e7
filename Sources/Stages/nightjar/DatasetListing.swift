import Ledger
import Stage

/// The live files of a view, as people and engines want them.
struct DatasetListing {
  private let state: LiveState
  private let home: Home

  init(_ state: LiveState, _ home: Home) {
    self.state = state
    self.home = home
  }

  /// The rows of each dataset.
  var counts: [String: Int64] {
    Dictionary(uniqueKeysWithValues: state.datasets.map { ($0, rowCount(state.products($0))) })
  }

  /// One line a dataset.
  var summaries: [String] {
    state.datasets.map { dataset in
      let products = state.products(dataset)
      return "\(dataset) files=\(products.count) rows=\(rowCount(products))"
    }
  }

  /// The files of a dataset in the given partitions; throws where the dataset has none at all.
  func products(_ dataset: String, _ partitions: [String]) throws -> [Product] {
    var wanted: [String: String] = [:]
    for text in partitions {
      guard let equals = text.firstIndex(of: "=") else {
        throw StageFailure(status: .usage, "--where wants key=value, not '\(text)'")
      }
      wanted[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    guard !state.products(dataset).isEmpty else {
      let known = state.datasets.joined(separator: ", ")
      throw StageFailure(status: .inputMissing, "no live file of '\(dataset)'; there are: \(known)")
    }
    return state.products(dataset, where: wanted)
  }

  /// The absolute path of a file.
  func path(_ product: Product) -> String { home.absolutePath + "/" + product.name }

  /// A query that reads the files; the columns hold everything that the folders say.
  func query(_ products: [Product]) -> String {
    let list = products.map { "'\(path($0).replacing("'", with: "''"))'" }.joined(separator: ", ")
    return "SELECT * FROM read_parquet([\(list)], hive_partitioning = false, union_by_name = true)"
  }

  private func rowCount(_ products: [Product]) -> Int64 { products.reduce(0) { $0 + ($1.rowCount ?? 0) } }
}
