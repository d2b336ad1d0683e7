import Calendar
import Columns
import Datasets
import ElementaryFunctions
import Learning
import Parallelism
import Randomness
import Testing

/// Models retrained on what their own contacts made of the customers.
///
/// Each round shows customers of a known law who are contacted week by week, the more often the greater the risk that the
/// last round's model saw in them; a contact takes two thirds off the hazard for four weeks. One in twenty is never
/// contacted. The first model is of a time without contacts.
@Suite struct DoNothingTests {
  /// A round of customers: what is seen of them, their untreated risk, and what came of them.
  private struct Round {
    static let horizonDays = 30
    static let effectDays = 28
    static let hazardFactor = 0.35
    /// Chance of a contact in a week for the tenth at greatest predicted risk, the next two tenths, and the rest.
    static let weeklyShares = [0.22, 0.10, 0.02]

    var rows: LabelledRows
    var risk: [Double] = []

    /// - Parameter model: whom the operator believes at risk; nil before anything was learned.
    init(_ count: Int, seed: UInt64, targetedBy model: ChurnModels?, threads: WorkerThreads) {
      let random = CounterRandom(seed: seed, stream: 3)
      let x = (0..<5).map { column in
        (0..<count).map { row in
          (0..<3).reduce(0.0) { $0 + 2 * random.uniform(UInt64(row), UInt64(column * 3 + $1)) - 1 }
        }
      }
      let table = FeatureTable((0..<5).map { Feature("x\($0)") }, x)
      let types = [String](repeating: "postpaid", count: count)
      risk = (0..<count).map { row in
        logistic(-2.6 + 0.9 * x[0][row] + (x[1][row] > 0 ? 0.8 * x[2][row] : 0) - 0.4 * x[3][row])
      }
      let predicted = model.map {
        $0.gradientScores(
          TreatmentHandling.untreated(table, $0.gradient.features), paymentTypes: types, threads: threads
        ).probabilities
      }
      let shares = Round.shares(predicted, count)
      var (labels, treatments, kept): ([Double], [RowTreatment], [Int]) = ([], [], [])
      for row in 0..<count {
        let isControl = random.uniform(UInt64(row), 90) < 0.05
        let hazard = -naturalLogarithm(1 - risk[row]) / Double(Round.horizonDays)
        var (contacts, event): ([Int], Int?) = ([], nil)
        for day in -Round.effectDays...Round.horizonDays where event == nil {
          let isTouched = contacts.last.map { day - $0 <= Round.effectDays } ?? false
          let leaving = 1 - exponential(-hazard * (isTouched ? Round.hazardFactor : 1))
          if random.uniform(UInt64(row), UInt64(1_000 + day)) < leaving { event = day }
          if event == nil, day % 7 == 0, !isControl, random.uniform(UInt64(row), UInt64(2_000 + day)) < shares[row] {
            contacts.append(day)
          }
        }
        // Whoever left before the as-of day is not on the base.
        if let event, event <= 0 { continue }
        kept.append(row)
        labels.append(event == nil ? 0 : 1)
        treatments.append(
          RowTreatment(
            isCarriedOver: contacts.contains { $0 > -Round.effectDays && $0 <= 0 },
            contactedAfterDays: contacts.first { $0 > 0 }, watchedDays: event ?? Round.horizonDays,
            hasEvent: event != nil))
      }
      rows = LabelledRows(
        table.rows(at: kept), labels: labels, asOf: MiniOperator.night, paymentTypes: kept.map { types[$0] },
        treatments: treatments)
      risk = kept.map { risk[$0] }
    }

    private static func shares(_ predicted: [Double]?, _ count: Int) -> [Double] {
      guard let predicted else { return [Double](repeating: 0, count: count) }
      let order = predicted.indices.sorted { (predicted[$1], $0) < (predicted[$0], $1) }
      var shares = [Double](repeating: weeklyShares[2], count: count)
      for (rank, row) in order.enumerated() where rank < 3 * count / 10 {
        shares[row] = rank < count / 10 ? weeklyShares[0] : weeklyShares[1]
      }
      return shares
    }
  }

  /// Predicted over true untreated risk of the tenth that the model holds for the riskiest, after three retrainings; and
  /// the share of the last round's riskiest tenth that was treated.
  private static func topDecile(_ method: TreatmentHandling.Method) throws -> (ratio: Double, treatedShare: Double) {
    let threads = WorkerThreads(count: 2)
    var definition = ChurnDefinition()
    definition.treatment.method = method
    definition.gradient.treeCount = 60
    definition.gradient.leafCount = 8
    definition.gradient.learningRate = 0.1
    definition.gradient.minimumLeafRowCount = 50
    let trainer = ChurnTrainer(definition: definition, threads: threads)
    var model: ChurnModels?
    for round in 0...3 {
      let train = Round(12_000, seed: UInt64(310 + round), targetedBy: model, threads: threads)
      let validation = Round(12_000, seed: UInt64(320 + round), targetedBy: model, threads: threads)
      model = try trainer.fit(train: train.rows, validation: validation.rows).models
    }
    let last = try #require(model)
    // Customers of today, contacted as the second but last model had it.
    let today = Round(12_000, seed: 340, targetedBy: last, threads: threads)
    let table = TreatmentHandling.untreated(today.rows.table, last.gradient.features)
    let predicted = last.gradientScores(table, paymentTypes: today.rows.paymentTypes, threads: threads).probabilities
    let top = predicted.indices.sorted { (predicted[$1], $0) < (predicted[$0], $1) }.prefix(predicted.count / 10)
    let treated = top.count { !today.rows.treatments[$0].isUntreated }
    return (
      top.reduce(0.0) { $0 + predicted[$1] } / top.reduce(0.0) { $0 + today.risk[$1] },
      Double(treated) / Double(top.count)
    )
  }

  @Test func `after three retrainings the riskiest tenth is predicted within a tenth of its untreated risk`() throws {
    let (ratio, treatedShare) = try Self.topDecile(.weighted)
    #expect(abs(ratio - 1) < 0.1, "predicted over true: \(ratio)")
    #expect(treatedShare > 0.7, "heavily contacted: \(treatedShare)")
  }

  @Test func `a model that takes all rows alike believes its own retention work`() throws {
    let (ratio, treatedShare) = try Self.topDecile(.ignored)
    #expect(ratio < 0.8, "predicted over true: \(ratio)")
    #expect(treatedShare > 0.7)
  }

  /// Rows of one feature, by which contacts were chosen.
  private func rows(_ treatments: [RowTreatment], _ x: [Double]) -> LabelledRows {
    LabelledRows(
      FeatureTable([Feature("x")], [x]), labels: treatments.map { $0.hasEvent ? 1 : 0 }, asOf: MiniOperator.night,
      paymentTypes: treatments.map { _ in "prepaid" }, treatments: treatments)
  }

  @Test func `weighted rows stand for all rows, each kind for its own`() throws {
    let random = CounterRandom(seed: 5, stream: 1)
    let x = (0..<8_000).map { Double($0 % 2) }
    let treatments = x.indices.map { row in
      // One in two of the one kind and one in ten of the other are contacted, on a day of the window.
      let isContacted = random.uniform(UInt64(row), 1) < (x[row] > 0 ? 0.5 : 0.1)
      let day = 1 + Int(random.integer(below: 30, UInt64(row), 2))
      return RowTreatment(contactedAfterDays: isContacted ? day : nil, watchedDays: 30, hasEvent: false)
    }
    let part = try TeachingRows(rows(treatments, x), TreatmentHandling(), threads: WorkerThreads(count: 2))
    let weights = try #require(part.weights)
    #expect(part.report.treated == treatments.count { $0.contactedAfterDays != nil })
    #expect(part.report.kept == part.rows.rowCount && part.report.kept + part.report.treated == 8_000)
    #expect(abs(weights.reduce(0, +) / Double(weights.count) - 1) < 1e-9)
    let own = part.rows.table.columns[0]
    let mean = { (kind: Double) -> Double in
      let chosen = own.indices.filter { own[$0] == kind }
      return chosen.reduce(0.0) { $0 + weights[$1] } / Double(chosen.count)
    }
    // 1 / 0.5 over 1 / 0.9.
    #expect(abs(mean(1) / mean(0) - 1.8) < 0.15, "\(mean(1) / mean(0))")
    #expect(part.report.effectiveRows < Double(part.report.kept))
  }

  @Test func `a customer who left early stands for fewer than one who was watched to the end`() throws {
    let random = CounterRandom(seed: 6, stream: 1)
    let treatments = (0..<8_000).map { row in
      let event = row % 4 == 0 ? 1 + Int(random.integer(below: 30, UInt64(row), 3)) : nil
      let contact = 1 + Int(random.integer(below: 45, UInt64(row), 2))
      let isContacted = contact <= 30 && contact < event ?? .max
      return RowTreatment(
        contactedAfterDays: isContacted ? contact : nil, watchedDays: event ?? 30, hasEvent: event != nil)
    }
    let part = try TeachingRows(
      rows(treatments, treatments.map { _ in 0 }), TreatmentHandling(), threads: WorkerThreads(count: 2))
    let weights = try #require(part.weights)
    let early = try #require(part.rows.treatments.firstIndex { $0.hasEvent && $0.watchedDays == 1 })
    let late = try #require(part.rows.treatments.firstIndex { $0.hasEvent && $0.watchedDays == 30 })
    let stayed = try #require(part.rows.treatments.firstIndex { !$0.hasEvent })
    #expect(weights[early] < weights[late])
    // Two thirds are contacted by the end; nobody before the first day.
    #expect(abs(weights[stayed] / weights[early] - 3) < 0.4, "\(weights[stayed] / weights[early])")
    // So weighted, the share that left is that of all: a quarter.
    let left = part.rows.labels.indices.reduce(0.0) { $0 + weights[$1] * part.rows.labels[$1] }
    #expect(abs(left / weights.reduce(0, +) - 0.25) < 0.02, "\(left / weights.reduce(0, +))")
  }

  @Test func `rows are left out, told of or kept as the file says`() throws {
    let treatments = [
      RowTreatment(watchedDays: 30, hasEvent: false), RowTreatment(isCarriedOver: true, watchedDays: 4, hasEvent: true),
      RowTreatment(contactedAfterDays: 2, watchedDays: 30, hasEvent: false),
    ]
    let all = rows(treatments, [1, 2, 3])
    func part(_ method: TreatmentHandling.Method) throws -> TeachingRows {
      var handling = TreatmentHandling()
      handling.method = method
      return try TeachingRows(all, handling, threads: WorkerThreads(count: 1))
    }
    #expect(try Array(part(.ignored).rows.table.columns) == [[1, 2, 3]])
    #expect(try Array(part(.excluded).rows.table.columns) == [[1]])
    let covariate = try part(.covariate)
    #expect(Array(covariate.rows.table.columns) == [[1, 2, 3], [0, 1, 0], [0, 0, 1]])
    #expect(covariate.weights == nil)
    let scored = TreatmentHandling.untreated(all.table, covariate.rows.table.features)
    #expect(Array(scored.columns) == [[1, 2, 3], [0, 0, 0], [0, 0, 0]])
    #expect(scored.features == covariate.rows.table.features)
    #expect(Array(TreatmentHandling.untreated(all.table, all.table.features).columns) == Array(all.table.columns))
  }

  @Test func `a contact counts on its day, unless it failed or came too late`() throws {
    let asOf = MiniOperator.night
    func contact(_ day: Int, _ outcome: String, subscription: Int64? = 7, known: Int? = nil) -> [String: FactTables
      .Value]
    {
      var row: [String: FactTables.Value] = [
        "person_id": .whole(70), "event_date": .day(asOf + day), "known_date": .day(asOf + (known ?? day)),
        "contacted_at": .whole(Int64(day) * 1_000), "channel": .text("sms"), "outcome": .text(outcome),
      ]
      row["subscription_id"] = subscription.map { .whole($0) }
      return row
    }
    func treatment(_ rows: [[String: FactTables.Value]], event: Int? = nil) throws -> RowTreatment {
      let schema = try Table(empty: Dataset.contacts.schema).selecting(ContactDays.columns).schema
      return try ContactDays(FactTables.table(schema, rows), knownBy: asOf + 60).treatment(
        7, person: 70, asOf: asOf, horizonDays: 30, eventDay: event.map { asOf + $0 }, carryOverDays: 28)
    }
    #expect(try treatment([]) == RowTreatment(watchedDays: 30, hasEvent: false))
    #expect(try treatment([contact(5, "delivered"), contact(3, "failed")]).contactedAfterDays == 5)
    #expect(try treatment([contact(31, "delivered"), contact(-28, "delivered")]).isUntreated)
    #expect(try treatment([contact(0, "delivered")]).isCarriedOver)
    #expect(try treatment([contact(-27, "refused")]).isCarriedOver)
    // The day of the event is too late; the day before is not.
    #expect(try treatment([contact(9, "delivered")], event: 9) == RowTreatment(watchedDays: 9, hasEvent: true))
    #expect(try treatment([contact(8, "delivered")], event: 9).contactedAfterDays == 8)
    // A receipt that comes later corrects the contact; one of after the night is not known.
    #expect(try treatment([contact(5, "delivered"), contact(5, "failed", known: 7)]).isUntreated)
    #expect(try treatment([contact(5, "delivered"), contact(5, "failed", known: 61)]).contactedAfterDays == 5)
    // A contact about the person concerns every subscription, one about another subscription does not.
    #expect(try treatment([contact(5, "delivered", subscription: nil)]).contactedAfterDays == 5)
    #expect(try treatment([contact(5, "delivered", subscription: 8)]).isUntreated)
  }
}
