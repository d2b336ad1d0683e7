import ArgumentParser
import Stage
import Twins

/// Which kind of twin is meant.
struct EntityOption: ParsableArguments {
  private static let names = TwinEntity.all.map(\.name).joined(separator: ", ")

  @Option(help: ArgumentHelp("What the twin is of: \(EntityOption.names).", valueName: "name"))
  var entity: String = TwinEntity.subscription.name

  func validate() throws {
    guard TwinEntity.all.contains(where: { $0.name == entity }) else {
      throw ValidationError("--entity is one of \(EntityOption.names)")
    }
  }

  /// The catalogue of the kind; throws every fault of it, or of that of subscriptions.
  func catalogue(_ context: StageContext) throws -> TwinCatalogue {
    let subscriptions = try TwinCatalogue.load(path: context.config(TwinCatalogue.subscriptionFile))
    guard let entity = TwinEntity.all.first(where: { $0.name == entity }), entity != .subscription else {
      return subscriptions
    }
    return try TwinCatalogue.load(path: context.config(entity.file), of: entity, over: subscriptions)
  }
}
