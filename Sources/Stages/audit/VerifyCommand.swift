import ArgumentParser
import Ledger
import Stage

/// `nightjar-audit verify`: every entry, the chain, the products; the first failure is named with status 65.
struct VerifyCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "verify", abstract: "Verify every entry, the chain, the signatures and the products of a home.")
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Flag(help: "Read every product and every kept delivery again and compare the digests.")
  var readData = false
  @Option(help: ArgumentHelp("Believe this Ed25519 public key only.", valueName: "file|hex"))
  var trustedKey: String?
  @Option(help: ArgumentHelp("Demand that the log continues this checkpoint.", valueName: "file"))
  var against: String?
  @Option(help: ArgumentHelp("Write a checkpoint of the log as it stands; keep it elsewhere.", valueName: "file"))
  var checkpointOut: String?

  func run(_ context: StageContext) throws -> StageOutcome {
    var verification = Verification(context.home)
    verification.readsData = readData
    verification.trustedKey = try trustedKey.map { text throws(LedgerError) in try PublicKey(hexOrFile: text) }
    verification.checkpoint = try against.map { path throws(LedgerError) in try Checkpoint(ofFile: path) }
    let outcome = try verification.run()
    if let checkpointOut, !context.isDryRun { try outcome.checkpoint.write(to: checkpointOut) }
    if !context.isJSON { outcome.checkpoint.text.split(separator: "\n").forEach { context.output(String($0)) } }
    return .published(
      "\(outcome.entryCount) entries and \(outcome.productCount) products verified"
        + (readData
          ? ", \(outcome.productByteCount) bytes and \(outcome.keptDeliveryCount) kept deliveries read again" : ""),
      warnings: outcome.lostDeliveries,
      counts: [
        "entries": Int64(outcome.entryCount), "keptDeliveries": Int64(outcome.keptDeliveryCount),
        "lostDeliveries": Int64(outcome.lostDeliveries.count), "products": Int64(outcome.productCount),
        "productBytes": outcome.productByteCount,
      ])
  }
}
