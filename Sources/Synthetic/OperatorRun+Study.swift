import Parallelism

// Comparing policies on a world (points 23 and 24).
extension OperatorRun {
  /// Lives through the run, writes nothing, and returns the log of contacts and the gains of the last day's contacts.
  ///
  /// - Throws: `.unfitSettings` where nobody responds to contacts, or no outcome would be known on the last day.
  /// - Complexity: as `write`.
  package func studyContacts() throws -> ContactStudy {
    guard world.settings.responses != .none else {
      throw SyntheticError(
        .unfitSettings, "policies are compared where contacts do something: --responses null, law or harm")
    }
    let day = world.lastDay
    guard day >= OperatorLaw.Contacts.pilotDay + ContactStudy.outcomeDays else {
      throw SyntheticError(
        .unfitSettings,
        "policies learn from the pilot of day \(OperatorLaw.Contacts.pilotDay + 1): the run has at least "
          + "\(OperatorLaw.Contacts.pilotDay + ContactStudy.outcomeDays + 1) days")
    }
    let studies = try threads.map(taskCount: townCount) { index in
      var town = Town(index: index, world: world)
      town.study = ContactStudy(day: day)
      town.run()
      return town.study
    }
    var all = ContactStudy(day: day)
    for study in studies { if let study { all.add(study) } }
    return all
  }
}
