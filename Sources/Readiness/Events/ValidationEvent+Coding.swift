/// The form of an event in a log: one JSON object, keys sorted, without the chain's own members.
///
/// The log adds `prev` and `hash` (Engine, `RunLog`). A reader ignores members and payload fields that it does not know
/// and refuses a kind that it does not know, because a fold without that event would be another run.
extension ValidationEvent: Codable {
    /// The format's number, `v` in each line. Raised when a field is renamed or removed.
    package static let formatVersion = 1

    private enum CodingKeys: String, CodingKey {
        case check, kind, monotonic = "m", payload, round, run, sequence = "seq", time = "t", version = "v"
    }

    /// Reads an event.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try container.decode(Int.self, forKey: .version)
        guard version == Self.formatVersion else {
            throw DecodingError.dataCorruptedError(
                forKey: .version, in: container,
                debugDescription: "log format \(version) is not one that this program reads")
        }
        run = try container.decode(String.self, forKey: .run)
        sequence = try container.decode(Int.self, forKey: .sequence)
        time = try container.decode(UTCInstant.self, forKey: .time)
        monotonic = try container.decode(Int64.self, forKey: .monotonic)
        check = try container.decodeIfPresent(CheckID.self, forKey: .check)
        round = try container.decodeIfPresent(Int.self, forKey: .round)
        func payload<Payload: Decodable>() throws -> Payload { try container.decode(Payload.self, forKey: .payload) }
        body =
            switch try container.decode(EventBody.Kind.self, forKey: .kind) {
            case .runCreated: .runCreated(try payload())
            case .targetIdentified: .targetIdentified(try payload())
            case .policyLoaded: .policyLoaded(try payload())
            case .planAnnounced: .planAnnounced(try payload())
            case .roundStarted: .roundStarted(try payload())
            case .checkQueued: .checkQueued
            case .checkWaiting: .checkWaiting(try payload())
            case .lockAcquired: .lockAcquired(try payload())
            case .lockReleased: .lockReleased(try payload())
            case .effectRegistered: .effectRegistered(try payload())
            case .effectUndone: .effectUndone(try payload())
            case .effectUndoFailed: .effectUndoFailed(try payload())
            case .checkStarted: .checkStarted(try payload())
            case .checkProgress: .checkProgress(try payload())
            case .checkLog: .checkLog(try payload())
            case .checkMeasurement: .checkMeasurement(try payload())
            case .checkEvidence: .checkEvidence(try payload())
            case .checkFinding: .checkFinding(try payload())
            case .checkSlow: .checkSlow(try payload())
            case .checkAttemptFinished: .checkAttemptFinished(try payload())
            case .checkFinished: .checkFinished(try payload())
            case .gateChanged: .gateChanged(try payload())
            case .operatorAction: .operatorAction(try payload())
            case .runCancelling: .runCancelling(try payload())
            case .runFinished: .runFinished(try payload())
            }
    }

    /// Writes an event. With a sorting encoder the members come out in the order that the log's format asks for.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.formatVersion, forKey: .version)
        try container.encode(run, forKey: .run)
        try container.encode(sequence, forKey: .sequence)
        try container.encode(time, forKey: .time)
        try container.encode(monotonic, forKey: .monotonic)
        try container.encodeIfPresent(check, forKey: .check)
        try container.encodeIfPresent(round, forKey: .round)
        try container.encode(body.kind, forKey: .kind)
        try container.encode(body.payload, forKey: .payload)
    }
}

extension EventBody {
    /// What there is to say about the event, as the log writes it under `payload`; an empty object where there is nothing.
    package var payload: any Encodable {
        switch self {
        case .checkQueued: [String: String]()
        case .runCreated(let payload): payload
        case .targetIdentified(let payload): payload
        case .policyLoaded(let payload): payload
        case .planAnnounced(let payload): payload
        case .roundStarted(let payload): payload
        case .checkWaiting(let payload): payload
        case .lockAcquired(let payload), .lockReleased(let payload): payload
        case .effectRegistered(let payload), .effectUndone(let payload), .effectUndoFailed(let payload): payload
        case .checkStarted(let payload): payload
        case .checkProgress(let payload): payload
        case .checkLog(let payload): payload
        case .checkMeasurement(let payload): payload
        case .checkEvidence(let payload): payload
        case .checkFinding(let payload): payload
        case .checkSlow(let payload): payload
        case .checkAttemptFinished(let payload): payload
        case .checkFinished(let payload): payload
        case .gateChanged(let payload): payload
        case .operatorAction(let payload): payload
        case .runCancelling(let payload): payload
        case .runFinished(let payload): payload
        }
    }
}
