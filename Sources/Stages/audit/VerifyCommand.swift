import ArgumentParser
import Ledger
import Stage

/// `nightjar-audit verify`: every entry, the chain, the products; the first failure is named with status 65.
struct VerifyCommand: StageCommand {
  static let configuration = StageOutcome.command(
    "verify", abstract: "Verify every entry, the chain, the signatures and the products of a home.")
  static let access = HomeAccess.reads

  @OptionGroup var options: StageOptions
  @Flag(help: "Read every product again and compare its digest.")
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
    return .done(
      summary: "\(outcome.entryCount) entries and \(outcome.productCount) products verified"
        + (readData ? ", \(outcome.productByteCount) bytes read again" : ""),
      counts: [
        "entries": Int64(outcome.entryCount), "products": Int64(outcome.productCount),
        "productBytes": outcome.productByteCount,
      ])
  }
}
