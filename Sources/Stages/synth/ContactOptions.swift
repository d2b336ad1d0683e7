public import ArgumentParser
public import Synthetic

/// What contacts the operator made, and what they did.
struct ContactOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What contacts do: none (rows in a file only), null (answered, without effect), law, or harm.", valueName: "law"))
  var responses = ResponseLaw.none
  @Option(help: ArgumentHelp("Contacts of the run: none, usual, or heavy.", valueName: "style"))
  var campaigns = CampaignStyle.usual
}

extension ResponseLaw: ExpressibleByArgument {}
extension CampaignStyle: ExpressibleByArgument {}
