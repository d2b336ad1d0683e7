import Calendar
import Delivery

/// The files of all arrival folders, as tasks that may run in any order.
struct Deliveries: Sendable {
  let world: World
  let root: String
  let parcels: [TownParcel]

  init(world: World, folder: String, parcels: [TownParcel]) {
    self.world = world
    root = folder
    self.parcels = parcels
  }

  /// The arrival folder of a raw night.
  func folder(_ night: Int) -> String { "\(root)/\(date(night))" }

  private func date(_ night: Int) -> Day { world.date(world.firstRawDay + night) }

  private var nightCount: Int { world.settings.rawNightCount }

  /// One task a file or archive; each returns how many files it wrote.
  func tasks() -> [@Sendable () throws -> Int] {
    var tasks: [@Sendable () throws -> Int] = []
    let monthCount = parcels.first?.usagePieces.count ?? 0
    for month in 0..<monthCount { tasks.append { try writeUsageDaily(month) } }
    for kind in RecordKind.allCases where kind != .appTickets { tasks.append { try writeHistory(kind) } }
    tasks.append { try writeReference() }
    tasks.append { try writeOutages() }
    for night in 0..<nightCount {
      tasks.append { try writeRaw(night) }
      for kind in RecordKind.allCases { tasks.append { try writeNightly(kind, night) } }
    }
    return tasks
  }

  private func writeUsageDaily(_ month: Int) throws -> Int {
    let pieces = parcels.map { $0.usagePieces[month] }
    guard pieces.contains(where: { $0.byteCount > 0 }) else { return 0 }
    let first = world.firstDay.civil
    let months = first.month - 1 + month
    let name = "\(first.year + months / 12)-\(months % 12 < 9 ? "0" : "")\(months % 12 + 1)"
    try write(pieces, header: RecordKind.usageDailyHeader, to: "\(folder(0))/usage-daily_\(name).csv.gz")
    return 1
  }

  private func writeHistory(_ kind: RecordKind) throws -> Int {
    let path = "\(folder(0))/\(kind.fileName)-history_\(date(0)).csv.gz"
    try write(parcels.map { $0.historyPieces[kind.rawValue] }, header: kind.header ?? "", to: path)
    return 1
  }

  private func write(_ pieces: [GzipPiece], header: String, to path: String) throws {
    let headerPiece = try GzipPiece(Array("\(header)\n".utf8))
    try ByteFile.write(GzipPiece.member(of: [headerPiece] + pieces), to: path)
  }

  private func writeRaw(_ night: Int) throws -> Int {
    let raw = RawNight(
      night: night, day: date(night), draws: world.draws, towns: parcels.map { $0.rawEvents[night] })
    let folder = folder(night)
    try raw.writeVoice(to: "\(folder)/usage-voice_\(date(night)).tar.gz")
    try raw.writeSessions(to: "\(folder)/usage-data_\(date(night)).zip")
    try raw.writeRoaming(to: "\(folder)/usage-roaming_\(date(night)).csv.gz")
    guard night == OperatorLaw.Defects.resentNight, night + 1 < nightCount else { return 3 }
    // The same content under another name, a night later.
    try raw.writeSessions(to: "\(self.folder(night + 1))/usage-data_\(date(night))_resent.zip")
    return 4
  }

  private func writeNightly(_ kind: RecordKind, _ night: Int) throws -> Int {
    var text = RowText()
    if let header = kind.header {
      text.add(header)
      text.newline()
    }
    var rowCount = 0
    for parcel in parcels {
      let rows = parcel.nightly[kind.rawValue][night]
      text.bytes.append(contentsOf: rows.bytes)
      if kind == .payments { rowCount += rows.bytes.count { $0 == 0x0A } }
    }
    let isLate = kind == .appTickets && night == OperatorLaw.Defects.lateNight && night + 1 < nightCount
    let path = "\(folder(isLate ? night + 1 : night))/\(kind.fileName)_\(date(night))"
    switch kind {
    case .tickets: try writeArchive("\(path).zip", .zip, member: "desk_\(date(night)).csv", text)
    case .appTickets: try writeArchive("\(path).tar.gz", .tarGzip, member: "app_\(date(night)).ndjson", text)
    case .payments:
      // A trailer that counts a row too many has the file refused; the corrected one comes a night later.
      let isWrong = night == OperatorLaw.Defects.wrongTotalNight && night + 1 < nightCount
      let total = { (count: Int) in [text.bytes, Array("TRAILER,\(count)\n".utf8)] }
      try ByteFile.write(total(isWrong ? rowCount + 1 : rowCount), to: "\(path).csv")
      guard isWrong else { return 1 }
      try ByteFile.write(total(rowCount), to: "\(folder(night + 1))/payments_\(date(night))_corrected.csv")
      return 2
    default:
      if kind.isNightlyGzip {
        try ByteFile.write(GzipPiece.member(of: [GzipPiece(text.bytes)]), to: "\(path).csv.gz")
      } else {
        try ByteFile.write([text.bytes], to: "\(path).csv")
      }
    }
    return 1
  }

  /// The outages of cells: those that were over before the first raw night, and what is told of them in each night.
  private func writeOutages() throws -> Int {
    let reports = OutageReports(world)
    let history = try GzipPiece(reports.history.bytes)
    try write([history], header: OutageReports.header, to: "\(folder(0))/outages-history_\(date(0)).csv.gz")
    for (night, rows) in reports.nightly.enumerated() {
      try ByteFile.write(
        [Array("\(OutageReports.header)\n".utf8), rows.bytes], to: "\(folder(night))/outages_\(date(night)).csv")
    }
    return 1 + reports.nightly.count
  }

  private func writeArchive(
    _ path: String, _ format: ArchiveWriter.Format, member: String, _ text: RowText
  ) throws {
    let archive = try ArchiveWriter(path: path, format: format)
    try archive.add(member: member, text.bytes)
    try archive.finish()
  }

  static let productsHeader = "product,name,payment_type,monthly_fee,contract_months,data_allowance_mb,valid_from"
  static let unitCostsHeader = "unit,cost_e4_per_million,valid_from"

  /// The catalogue with its prices' validity, and the cost of units.
  private func writeReference() throws -> Int {
    var products = RowText()
    products.add("\(Deliveries.productsHeader)\n")
    let begin = world.firstDay - 1_000
    for tariff in OperatorLaw.tariffs {
      let isShocked = tariff.isRaised && OperatorLaw.Events.priceShockDay < world.firstRawDay
      for day in isShocked ? [-1, OperatorLaw.Events.priceShockDay] : [-1] {
        // The catalogue tells fees and included data per 30 days; a bundle lasts 28.
        func monthly(_ amount: Int) -> Int { tariff.isPrepaid ? amount * 30 / OperatorLaw.Money.cycleDays : amount }
        let allowance = monthly(tariff.allowanceMegabytes)
        products.add(tariff.key)
        products.field(tariff.name)
        products.field(tariff.isPrepaid ? "prepaid" : "postpaid")
        products.comma()
        products.money(monthly(tariff.feeE4(on: day)) / 100 * 100)
        products.field(tariff.contractMonths)
        products.field(allowance > 0 ? "\(allowance)" : "")
        products.comma()
        products.day(day < 0 ? begin : world.date(day))
        products.newline()
      }
    }
    try ByteFile.write([products.bytes], to: "\(folder(0))/products_\(date(0)).csv")
    var costs = RowText()
    costs.add("\(Deliveries.unitCostsHeader)\n")
    for (unit, cost) in OperatorLaw.unitCosts {
      costs.add(unit)
      costs.field(cost)
      costs.comma()
      costs.day(begin)
      costs.newline()
    }
    try ByteFile.write([costs.bytes], to: "\(folder(0))/unit-costs_\(date(0)).csv")
    return 2
  }
}
