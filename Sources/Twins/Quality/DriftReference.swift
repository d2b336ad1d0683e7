package import Calendar
package import Columns
import Datasets
import Ledger
import Parallelism

/// What the nights before said of every field: the distribution to which a night is compared.
package struct DriftReference: Sendable {
  /// Nights before the night that count.
  static let nightCount = 28
  /// Nights that there must be: every day of the week has been seen.
  static let leastNightCount = 7

  /// The profile of a field over the nights that have values of it, and how many they are.
  package struct Entry: Sendable {
    package var profile: FieldProfile
    package var nightCount: Int
  }

  package private(set) var entries: [String: Entry] = [:]
  /// Profiles that could not be read.
  private(set) var warnings: [String] = []

  /// No nights.
  package init() {}

  /// The files of the nights that count, in a view of the log.
  static func products(_ state: LiveState, before night: Day) -> [Product] {
    state.products(Dataset.twinProfiles.name).filter { product in
      TwinSources.date(product.name).map { $0 < night && $0 >= night - nightCount } ?? false
    }
  }

  /// Reads the files of some nights. A file that cannot be read is left out, and the night says so.
  init(_ home: Home, _ products: [Product], threads: Int) throws {
    let nights = try WorkerThreads(count: threads).map(taskCount: products.count) { number in
      Result { () throws(ColumnsError) -> [String: FieldProfile] in
        try DriftReference.profiles(try ParquetFile.read(home.url(products[number].name)))
      }
    }
    for (product, night) in zip(products, nights) {
      switch night {
      case .success(let profiles): add(profiles)
      case .failure(let error):
        warnings.append("drift is measured without \(product.name), which cannot be read: \(error)")
      }
    }
  }

  /// Adds the profiles of a night by field. A field without any value that night was not known, and has no say.
  package mutating func add(_ profiles: [String: FieldProfile]) {
    for (field, profile) in profiles where profile.presentCount > 0 {
      guard var entry = entries[field] else {
        entries[field] = Entry(profile: profile, nightCount: 1)
        continue
      }
      // What a later catalogue declares otherwise begins anew.
      if entry.profile.kind == profile.kind {
        entry.profile.add(profile)
        entry.nightCount += 1
      } else {
        entry = Entry(profile: profile, nightCount: 1)
      }
      entries[field] = entry
    }
  }

  // MARK: Profiles as rows

  /// The profiles of a file of `twin-profiles`.
  package static func profiles(_ table: Table) throws(ColumnsError) -> [String: FieldProfile] {
    let (fields, kinds) = (try table.string("field").values, try table.string("kind").values)
    let (parts, bins) = (try table.string("part").values, try table.int32("bin"))
    let (texts, counts) = (try table.string("text"), try table.int64("row_count").values)
    var profiles: [String: FieldProfile] = [:]
    var row = 0
    while row < table.rowCount {
      let field = fields[row]
      guard let kind = FieldProfile.Kind(rawValue: kinds[row]) else {
        throw ColumnsError(.schemaMismatch, "'\(kinds[row])' is no kind of bins")
      }
      var profile = FieldProfile(kind)
      while row < table.rowCount, fields[row] == field {
        switch (parts[row], bins[row], texts[row]) {
        case ("bin", let bin?, _): profile.bins[Int(bin), default: 0] += counts[row]
        case ("text", _, let text?): profile.texts[text, default: 0] += counts[row]
        case ("other", _, _): profile.otherCount += counts[row]
        default: profile.missingCount += counts[row]
        }
        row += 1
      }
      profiles[field] = profile
    }
    return profiles
  }

  /// The rows of `twin-profiles`: fields in the order of the catalogue, bins ascending, texts by falling count, what is missing last.
  package static func table(_ profiles: [(field: String, profile: FieldProfile)], night: Day) -> Table {
    var rows = ProfileRows()
    for (field, profile) in profiles {
      func add(_ part: String, bin: Int? = nil, text: String? = nil, _ count: Int64) {
        guard count > 0 else { return }
        rows.fields.append(field)
        rows.kinds.append(profile.kind.rawValue)
        rows.parts.append(part)
        rows.bins.append(bin.map(Int32.init))
        rows.edges.append(
          bin.map { profile.kind == .real ? NumberBins.realEdge($0) : NumberBins.integerEdge($0) })
        rows.texts.append(text)
        rows.counts.append(count)
      }
      for (bin, count) in profile.bins.sorted(by: { $0.key < $1.key }) { add("bin", bin: bin, count) }
      for (text, count) in profile.rankedTexts { add("text", text: text, count) }
      add("other", profile.otherCount)
      add("missing", profile.missingCount)
    }
    return Table(
      Dataset.twinProfiles.schema,
      [
        .date(TypedColumn([Int32](repeating: night.rawValue, count: rows.fields.count))),
        .string(TypedColumn(rows.fields)), .string(TypedColumn(rows.kinds)), .string(TypedColumn(rows.parts)),
        .int32(TypedColumn(optionals: rows.bins, placeholder: 0)),
        .double(TypedColumn(optionals: rows.edges, placeholder: 0)),
        .string(TypedColumn(optionals: rows.texts, placeholder: "")), .int64(TypedColumn(rows.counts)),
      ])
  }
}

private struct ProfileRows {
  var fields: [String] = []
  var kinds: [String] = []
  var parts: [String] = []
  var bins: [Int32?] = []
  var edges: [Double?] = []
  var texts: [String?] = []
  var counts: [Int64] = []
}
