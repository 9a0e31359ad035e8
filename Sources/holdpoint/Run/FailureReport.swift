import FoundationEssentials
import Readiness
import Reports

/// What `--format json` prints when there was no run to report: the same schema, with `verdict` null and an `error`.
struct FailureReport {
    private let failure: CommandFailure
    private let folder: RunFolder?

    /// - Parameter folder: the run's, where it came to have one.
    init(_ failure: CommandFailure, folder: RunFolder?) {
        self.failure = failure
        self.folder = folder
    }

    /// One JSON object with sorted keys, ending in a newline.
    func bytes() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        do { return [UInt8](try encoder.encode(Encoded(failure, folder))) + [UInt8(ascii: "\n")] } catch {
            // Text and whole numbers, which JSON can always hold.
            preconditionFailure("a failure cannot be encoded: \(error)")
        }
    }

    private struct Encoded: Encodable {
        struct Trouble: Encodable {
            var kind: String
            var message: String
            var details: [String]
        }

        private enum Keys: String, CodingKey { case schema, run_id, holdpoint, verdict, exit_code, error, log }

        private let failure: CommandFailure
        private let folder: RunFolder?

        init(_ failure: CommandFailure, _ folder: RunFolder?) {
            self.failure = failure
            self.folder = folder
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode(JSONReport.schema, forKey: .schema)
            try container.encode(folder?.run, forKey: .run_id)
            try container.encode(Holdpoint.version, forKey: .holdpoint)
            // Nothing was looked at: no word of the gate's would be true.
            try container.encodeNil(forKey: .verdict)
            try container.encode(failure.code.number, forKey: .exit_code)
            let trouble = Trouble(kind: kind, message: failure.message, details: failure.details)
            try container.encode(trouble, forKey: .error)
            try container.encode(folder.map { ["path": $0.logPath] }, forKey: .log)
        }

        private var kind: String {
            switch failure.code {
            case .usage: "usage"
            case .unavailable: "unavailable"
            case .configuration: "configuration"
            case .success, .found, .noGo, .hold, .software, .signal: "internal"
            }
        }
    }
}
