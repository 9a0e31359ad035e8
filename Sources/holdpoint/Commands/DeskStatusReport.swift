import FoundationEssentials
import PracticeDesk
import Readiness

/// `desk status`: whether a desk lives, and how; its standby as well, where there is one.
struct DeskStatusReport: Invocation {
    let home: String
    let asJSON: Bool

    func perform() throws -> ExitCode {
        let home = DeskHome(path: home)
        let asJSON = asJSON
        return try DeskCall.run {
            let primary = try await DeskStatus.read(home: home)
            let standby = try await DeskStatus.read(home: home, role: .standby)
            let output = OutputStream()
            if asJSON {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                let report = EncodedReport(primary: EncodedStatus(primary), standby: EncodedStatus(standby))
                output.write([UInt8](try encoder.encode(report)) + [UInt8(ascii: "\n")])
            } else {
                for line in Self.lines(primary) { output.write(line: line) }
                if let line = Self.line(ofStandby: standby) { output.write(line: "standby  \(line)") }
            }
            if case .serving = primary { return .success }
            return .found
        }
    }

    private static func lines(_ status: DeskStatus) -> [String] {
        switch status {
        case .stopped: return ["no desk serves this home"]
        case .dead(let record):
            return ["pid \(record.pid) is gone without having stopped in order; its address was \(record.address)"]
        case .silent(let record, let reason):
            return ["pid \(record.pid) lives and does not answer at \(record.address): \(SafeText.line(reason))"]
        case .serving(let record, let faults, let uptime):
            return [
                "pid      \(record.pid)", "address  \(record.address)", "home     \(SafeText.line(record.home))",
                "ledger   \(record.ledger.engine), \(SafeText.line(record.ledger.path))",
                "uptime   \(DurationText.short(.seconds(uptime)))", "faults   \(set(faults))",
            ]
        }
    }

    private static func line(ofStandby status: DeskStatus) -> String? {
        switch status {
        case .stopped: nil
        case .serving(let record, let faults, let uptime):
            "pid \(record.pid), \(record.address), up \(DurationText.short(.seconds(uptime))), faults: \(set(faults))"
        case .dead, .silent: lines(status)[0]
        }
    }

    private static func set(_ faults: [FaultStatus]) -> String {
        let active = faults.filter(\.active)
        return active.isEmpty ? "none" : active.map { FaultRow.setting($0) }.joined(separator: ", ")
    }

    /// The primary's fields, and the standby's under a key of its own.
    private struct EncodedReport: Encodable {
        let primary: EncodedStatus
        let standby: EncodedStatus

        private enum CodingKeys: CodingKey { case standby }

        func encode(to encoder: any Encoder) throws {
            try primary.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(standby, forKey: .standby)
        }
    }

    private struct EncodedStatus: Encodable {
        var state: String
        var pid: Int32?
        var address: String?
        var uptime_s: Int64?
        var faults: [String]?

        init(_ status: DeskStatus) {
            switch status {
            case .stopped: state = "stopped"
            case .dead(let record):
                state = "dead"
                pid = record.pid
                address = record.address
            case .silent(let record, _):
                state = "silent"
                pid = record.pid
                address = record.address
            case .serving(let record, let all, let uptime):
                state = "serving"
                pid = record.pid
                address = record.address
                uptime_s = uptime
                faults = all.filter(\.active).map(FaultRow.setting)
            }
        }
    }
}
