import Columns
import Configuration
import Ledger

/// How every command ends: the one table of design and help, and the one place where errors become statuses.
package enum ExitStatusTable {
  /// The table as `--help` prints it.
  package static let help = """
    EXIT STATUS
      Below 64 the command's own entry is visible; from 64 on nothing new is.
       0  done, or nothing to do
       3  published with rejects or warnings
      64  the command line is wrong
      65  bad data: an input, an entry or a product is not what it should be
      66  an input is missing or cannot be read; the home is not initialised
      69  an engine or a library is missing
      70  a defect of the program
      73  an output cannot be created
      74  input or output failed; or "state unknown, run again"
      75  another run holds the home; try later
      77  not approved, or not permitted
      78  the configuration is wrong
    """

  /// The status and message of an error.
  package static func status(of error: any Error) -> (status: Int32, message: String) {
    switch error {
    case let error as any ExitStatusProviding: (error.exitStatus, String(describing: error))
    case let error as LedgerError: (status(of: error), error.description)
    case let error as ColumnsError: (status(of: error), error.description)
    default: (ExitStatus.bug, "unexpected error: \(error)")
    }
  }

  private static func status(of error: LedgerError) -> Int32 {
    switch error.code {
    case .damagedEntry, .damagedProduct, .untrustedSigner, .checkpointMismatch: ExitStatus.badData
    case .notInitialized, .missingFile: ExitStatus.inputMissing
    case .missingKey: ExitStatus.notApproved
    case .cannotCreate: ExitStatus.cannotCreate
    case .inputOutput, .stateUnknown: ExitStatus.inputOutput
    case .locked, .conflict: ExitStatus.locked
    default: ExitStatus.bug
    }
  }

  private static func status(of error: ColumnsError) -> Int32 {
    switch error.code {
    case .schemaMismatch, .damagedFile: ExitStatus.badData
    case .missingFile: ExitStatus.inputMissing
    case .inputOutput: ExitStatus.inputOutput
    default: ExitStatus.bug
    }
  }
}
