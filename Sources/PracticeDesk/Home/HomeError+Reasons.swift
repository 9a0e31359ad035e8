import FoundationEssentials
import Glibc

/// What a desk that cannot start tells: every reason, each with the file, what is wrong and what to do.
extension HomeError {
    /// Every reason, at least one.
    package var reasons: [HomeReason] {
        if case .several(let errors) = self { return errors.flatMap(\.reasons) }
        return [HomeReason(code: code, path: path, line: line, message: "\(self)", remedy: remedy)]
    }

    /// The codes of all reasons as one word, in order, with commas: for a program that looks at one field.
    ///
    /// Each is one of those that `HomeReason.code` lists.
    package var code: String {
        switch self {
        case .missing: "file_missing"
        case .invalidFile: "file_invalid"
        case .notADeskHome: "not_a_desk_home"
        case .busy: "home_busy"
        case .ledger(_, _, let trouble): trouble.rawValue
        case .value: "ledger_value_invalid"
        case .system(_, _, ENOSPC), .system(_, _, EDQUOT): "no_space"
        case .system(_, _, EACCES), .system(_, _, EPERM), .system(_, _, EROFS): "no_permission"
        case .system: "system_refused"
        case .cannotListen(_, _, EADDRINUSE): "port_taken"
        case .cannotListen(_, _, EACCES): "no_permission"
        case .cannotListen: "cannot_listen"
        case .several(let errors): errors.map(\.code).joined(separator: ",")
        }
    }

    /// The whole text for a person: a heading, then two lines for each reason, what is wrong and what to do. No line
    /// end at its end.
    package var report: String {
        let reasons = reasons
        let heading = "the desk cannot start: \(reasons.count) \(reasons.count == 1 ? "reason" : "reasons")"
        let lines = reasons.enumerated().flatMap { index, reason in
            ["\(index + 1). \(reason.code): \(reason.message)", "   do: \(reason.remedy)"]
        }
        return ([heading] + lines).joined(separator: "\n")
    }

    /// One line of JSON without a line end, as `desk serve` may print it where its start line would stand:
    /// `{"desk":"holdpoint-practice-desk","event":"not_started","reasons":[{"code":…,"message":…,"remedy":…}]}`.
    package var failureLine: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(NotStarted(reasons: reasons)), as: UTF8.self)
        } catch {
            // Text and whole numbers: there is nothing in it that could not be encoded.
            preconditionFailure("the reasons of a desk cannot be encoded: \(error)")
        }
    }

    private struct NotStarted: Encodable {
        let desk = "holdpoint-practice-desk"
        let event = "not_started"
        let reasons: [HomeReason]
    }

    private var path: String? {
        switch self {
        case .missing(let path), .invalidFile(let path, _, _), .notADeskHome(let path), .busy(let path, _),
            .ledger(let path, _, _), .value(let path, _, _, _, _), .system(let path, _, _):
            path
        case .cannotListen, .several: nil
        }
    }

    private var line: Int? {
        if case .invalidFile(_, let line, _) = self { line } else { nil }
    }

    // MARK: - Remedies

    private var remedy: String {
        switch self {
        case .missing(let path): Self.remedy(missing: path)
        case .invalidFile(let path, _, _): Self.remedy(invalid: path)
        case .notADeskHome: "choose a folder that is empty or not there yet"
        case .busy(let path, _):
            "stop the other one, or use another home; `holdpoint desk status --home \(Self.quoted(path))` names it"
        case .ledger(let path, _, let trouble): Self.remedy(trouble, path)
        case .value(let path, let table, _, let row, _):
            "look: sqlite3 \(Self.quoted(path)) 'SELECT * FROM \(table)\(row.map { " WHERE rowid = \($0)" } ?? "")'; "
                + "put the right value there, or move the ledger away and run \(Self.initCommand(path))"
        case .system(let path, _, _) where code == "no_space": Self.makeRoom(path)
        case .system(let path, _, _) where code == "no_permission":
            "let who runs this read and write it: ls -ld \(Self.quoted(path)); id"
        case .system(let path, _, _): "see to what the system says of it: ls -ld \(Self.quoted(path))"
        case .cannotListen(let port, _, EADDRINUSE):
            "see who listens there: ss -ltnp 'sport = :\(port)'; end that, or give another --port, 0 for any free one"
        case .cannotListen: "give another --port, 0 for any that is free"
        case .several(let errors): errors.map(\.remedy).joined(separator: "; ")
        }
    }

    private static func remedy(missing path: String) -> String {
        if DeskRole.allCases.contains(where: { path.hasSuffix("/\($0.recordName)") }) {
            return "no desk serves there: start one with `holdpoint desk serve --home \(quoted(home(of: path)))`"
        }
        return "put it back, or run \(initCommand(path)), which makes what is missing and keeps the rest"
    }

    private static func remedy(invalid path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        switch name {
        case KillSwitch.fileName:
            return "write into it whether trading is stopped: {\"engaged\":true,\"since\":null,\"by\":null} keeps it so"
        case StopKeeper.fileName:
            return "correct it, or move it away: the desk then begins without the stops that are in it"
        case LimitsFile.name:
            return "correct it, or move it away and run \(initCommand(path)) for the limits that are shipped"
        default: return "correct it, or move it away and run \(initCommand(path))"
        }
    }

    private static func remedy(_ trouble: LedgerTrouble, _ path: String) -> String {
        switch trouble {
        case .corrupt:
            "look: sqlite3 \(quoted(path)) 'PRAGMA integrity_check'; bring it back from a backup, or move it away with "
                + "its -wal and -shm and run \(initCommand(path))"
        case .locked: "see who has it open: fuser -v \(quoted(path)); end that and start again"
        case .refused: "let who runs this read and write it and its folder: ls -ld \(quoted(path)); id"
        case .full: makeRoom(path)
        case .server: "serve it anew; with `--ledger sqlite` the file in the home keeps the books"
        case .serverMissing: "install it: apt-get install postgresql-15; or serve with `--ledger sqlite`"
        case .unusable:
            "look: sqlite3 \(quoted(path)) .schema; bring it back from a backup, or move it away and run "
                + initCommand(path)
        }
    }

    private static func makeRoom(_ path: String) -> String {
        "make room on its file system and start again: df -h \(quoted(home(of: path)))"
    }

    private static func initCommand(_ path: String) -> String {
        "`holdpoint desk init --home \(quoted(home(of: path)))`"
    }

    /// The home that a file of it is in.
    private static func home(of path: String) -> String {
        var parts = path.split(separator: "/").dropLast()
        if LedgerEngine.allCases.contains(where: { parts.last.map(String.init) == Migration.folder($0) }) {
            parts = parts.dropLast()
        }
        return "/" + parts.joined(separator: "/")
    }

    /// A path as a shell takes it.
    private static func quoted(_ path: String) -> String {
        "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
