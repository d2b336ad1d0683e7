extension FeedFolder {
  /// The feeds that are read column by column, by index.
  var usageColumns: [Int: UsageColumns] {
    var columns: [Int: UsageColumns] = [:]
    for index in feeds.indices { columns[index] = UsageColumns(feeds[index]) }
    return columns
  }
}
