/// What part a process plays among the instances of a desk.
package enum DeskRole: String, Codable, CaseIterable, Sendable {
    /// Trades, and writes the ledger.
    case primary
    /// Answers who it is and what it has loaded; trades nothing and writes nothing but its own log and record.
    case standby

    /// What the instance is called.
    var instance: String {
        switch self {
        case .primary: "desk-1"
        case .standby: "desk-2"
        }
    }

    /// The file in a home that a living instance of that role keeps of itself.
    var recordName: String {
        switch self {
        case .primary: "desk.json"
        case .standby: "standby.json"
        }
    }

    /// What the names of the files begin with that the instance writes.
    var filePrefix: String {
        switch self {
        case .primary: ""
        case .standby: "standby-"
        }
    }
}
