/// The eligible actions of each person, in the order of `ConsideredActions`.
struct PersonActions: Sendable {
  /// Where the actions of each person begin; one more than persons.
  let starts: [Int]
  /// Positions in `ConsideredActions`.
  let actions: [Int32]

  /// Groups the actions that `isWanted` by person. O(actions).
  init(_ base: Population, _ considered: ConsideredActions, where isWanted: (Int) -> Bool) {
    let wanted = (0..<considered.count).filter(isWanted)
    var starts = [Int](repeating: 0, count: base.personIDs.count + 1)
    for action in wanted { starts[Int(base.persons[Int(considered.rows[action])]) + 1] += 1 }
    for person in 0..<base.personIDs.count { starts[person + 1] += starts[person] }
    var next = starts
    var actions = [Int32](repeating: 0, count: wanted.count)
    for action in wanted {
      let person = Int(base.persons[Int(considered.rows[action])])
      actions[next[person]] = Int32(action)
      next[person] += 1
    }
    self.starts = starts
    self.actions = actions
  }

  /// The actions of a person.
  subscript(person: Int) -> ArraySlice<Int32> { actions[starts[person]..<starts[person + 1]] }
}
