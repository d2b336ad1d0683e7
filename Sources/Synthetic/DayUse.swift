/// What a subscription did on one day: the measures of `usage-daily`, volumes in kilobytes of 1,000 bytes.
struct DayUse: Sendable {
  var callsOut = 0
  var callOutSeconds = 0
  var callsIn = 0
  var callInSeconds = 0
  var messagesOut = 0
  var messagesIn = 0
  var sessions = 0
  var downKilobytes = 0
  var upKilobytes = 0
  var chargeE4 = 0
  var dropped = 0
  var night = 0
  var roaming = 0
  var international = 0

  var eventCount: Int { callsOut + callsIn + messagesOut + messagesIn + sessions }
}
