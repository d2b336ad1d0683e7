import Columns

// The fields of a case: what the catalogue of processes may ask for.
extension TwinRule {
  private static let anyCase = "facts/tickets, facts/orders, facts/subscriptions"
  private static let cases = "facts/tickets, facts/orders"
  private static let states =
    "facts/tickets, facts/orders, facts/subscriptions, facts/usage, facts/bills, facts/payments, facts/top-ups"
  private static let noTarget = "no target is given"
  private static let unpromised = "no row promises a day"

  /// Every rule of a process's twin.
  static let ofProcesses: [TwinRule] =
    neededOfProcesses + [
      TwinRule(name: "queue", type: .string, source: cases, nullMeaning: "no row names one"),
      TwinRule(name: "channel", type: .string, source: "facts/tickets", nullMeaning: "no row names one"),
      TwinRule(name: "state_since_date", type: .date, source: states),
      TwinRule(name: "last_change_date", type: .date, source: states),
      TwinRule(name: "hold_days", type: .int32, source: states),
      TwinRule(name: "change_count", type: .int32, source: states),
      TwinRule(
        name: "handoff_count", type: .int32, source: cases, nullMeaning: "no row names a team or queue"),
      TwinRule(name: "reopen_count", type: .int32, source: cases),
      TwinRule(name: "promised_date", type: .date, source: "facts/orders", nullMeaning: unpromised),
      TwinRule(name: "days_to_promise", type: .int32, source: "facts/orders", nullMeaning: unpromised),
      TwinRule(name: "is_promise_broken", type: .bool, source: "facts/orders", nullMeaning: unpromised),
      TwinRule(name: "is_current", type: .bool, source: "coverage"),
    ]

  /// The rules of which a catalogue of processes has a field each.
  static let neededOfProcesses = [
    TwinRule(name: "process_id", type: .int64, source: anyCase),
    TwinRule(name: "kind", type: .string, source: anyCase),
    TwinRule(name: "subscription_id", type: .int64, source: anyCase),
    TwinRule(name: "as_of", type: .date, source: "night"),
    TwinRule(name: "known_by", type: .date, source: "night"),
    TwinRule(name: "category", type: .string, source: "\(anyCase), facts/products"),
    TwinRule(name: "state", type: .string, source: states),
    TwinRule(name: "opened_date", type: .date, source: anyCase),
    TwinRule(name: "closed_date", type: .date, source: states, nullMeaning: "it is open"),
    TwinRule(name: "is_closed", type: .bool, source: states),
    TwinRule(name: "days_open", type: .int32, source: states),
    TwinRule(name: "days_in_state", type: .int32, source: states),
    TwinRule(name: "target_days", type: .int32, source: "configuration", nullMeaning: noTarget),
    TwinRule(name: "days_to_target", type: .int32, source: states, nullMeaning: noTarget),
    TwinRule(name: "is_breached", type: .bool, source: states, nullMeaning: noTarget),
    TwinRule(
      name: "breach_risk", type: .double, source: states, window: "91 days",
      nullMeaning: "\(noTarget), \(NullMeaning.incomplete) since the last change, or too few cases are known"),
  ]
}
