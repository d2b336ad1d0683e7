// How each family of records is delivered: the name of its files and the header of its rows.
extension RecordKind {
  /// The name that files begin with.
  var fileName: String {
    switch self {
    case .bills: "bills"
    case .payments: "payments"
    case .topUps: "top-ups"
    case .balances: "balances"
    case .tickets: "tickets"
    case .appTickets: "tickets-app"
    case .orders: "orders"
    case .subscriptions: "subscriptions"
    case .numbers: "numbers"
    case .customers: "customers"
    case .consents: "consents"
    case .contacts: "contacts"
    }
  }

  /// Whether a night's file is compressed by itself.
  var isNightlyGzip: Bool { self == .topUps || self == .balances || self == .customers }

  /// The header line, without its end; JSON has none.
  var header: String? {
    switch self {
    case .bills: "bill,subscription,issued,due,period_start,period_end,amount"
    case .payments: "payment,subscription,date,amount,bill,failed"
    case .topUps: "top_up,subscription,date,amount"
    case .balances: "subscription,date,balance,bundle_expiry"
    case .tickets: "ticket,subscription,changed,opened,resolved,status,category,channel,text"
    case .appTickets: nil
    case .orders: "order,subscription,changed,placed,status,kind,queue,promised"
    case .subscriptions:
      "subscription,event,effective_date,recorded_date,cause,payment_type,product,contract_end_date"
    case .numbers: "number,subscription,valid_from,valid_to"
    case .customers:
      "subscription,person,payer,household,sim,valid_from,valid_to,recorded,segment,birth_year,region,language,email"
    case .consents: "person,channel,purpose,granted,decided,source"
    case .contacts: "person,subscription,contacted,channel,campaign,offer,outcome"
    }
  }

  static let usageDailyHeader =
    "subscription,date,voice_out_count,voice_out_seconds,voice_in_count,voice_in_seconds,sms_out_count,sms_in_count,"
    + "data_count,data_down_kb,data_up_kb,charge,dropped_count,night_count,roaming_count,international_count,event_count"
}
