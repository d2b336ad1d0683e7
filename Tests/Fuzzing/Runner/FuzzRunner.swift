import CFuzzing
import FuzzChecks

/// Gives libFuzzer one check: `fuzz CHECK [libFuzzer's options and corpora]`. Built by Pipelines/fuzz.sh alone.
@main struct FuzzRunner {
  private static let check = CommandLine.arguments.dropFirst().first.flatMap { FuzzCheck(rawValue: $0) }

  static func main() {
    guard check != nil else {
      print("usage: fuzz \(FuzzCheck.allCases.map(\.rawValue).joined(separator: "|")) [options] [corpus…]")
      return
    }
    // libFuzzer sees the program's name and what follows the check's.
    let arguments = CommandLine.unsafeArgv
    arguments[1] = arguments[0]
    var count = CommandLine.argc - 1
    var rest: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = arguments + 1
    _ = LLVMFuzzerRunDriver(&count, &rest) { testOneInput($0, $1) }
  }

  fileprivate static func look(_ bytes: UnsafePointer<UInt8>?, _ byteCount: Int) -> Int32 {
    check?.run(Array(UnsafeBufferPointer(start: bytes, count: byteCount)))
    return 0
  }
}

/// libFuzzer's own main, which is linked and never runs, wants this name.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ byteCount: Int) -> Int32 {
  FuzzRunner.look(bytes, byteCount)
}
