import ConsoleUI
import FoundationEssentials
import Readiness
import TestSupport
import Testing

struct ConsoleSnapshotTests {
    static let sizes = [Size(120, 36), Size(80, 24), Size(40, 12)]

    /// The views, by what leads to them.
    enum View: String, CaseIterable, Sendable {
        case planned, running, firstRed, red, green, frozen, failingOnly, validators
        case detail, detailEvidence, detailFix, detailLinks, detailLog, faults, help, helpFiltered
        case preflight, preflightNarrowed, preflightTarget
        case quitDialog, cancelAllDialog, rerunDialog, magnitudeDialog, recoverDialog

        var stage: SampleRun.Stage {
            switch self {
            case .planned, .recoverDialog, .preflight, .preflightNarrowed, .preflightTarget: .planned
            case .running, .quitDialog, .cancelAllDialog: .running
            case .firstRed: .firstRed
            case .green: .green
            default: .red
            }
        }

        /// Whether nothing has been started.
        var isBeforeStart: Bool { [.preflight, .preflightNarrowed, .preflightTarget].contains(self) }

        var keys: String {
            switch self {
            case .planned, .running, .firstRed, .red, .green: ""
            case .frozen: "3kk"
            case .failingOnly: "f"
            case .validators: "1jj"
            case .detail: "]\r"
            case .detailEvidence: "]\r2"
            case .detailFix: "]m "
            case .detailLinks: "]\r\t\t\t\t"
            case .detailLog: "]\r3"
            case .faults: "p"
            case .help: "?"
            case .helpFiltered: "?fail"
            case .quitDialog: "q"
            case .cancelAllDialog: "X"
            case .rerunDialog: "]r"
            case .magnitudeDialog: "pj\r"
            case .recoverDialog, .preflight: ""
            case .preflightNarrowed: "jjjjj "
            case .preflightTarget: "jjjjjjt"
            }
        }
    }

    /// More than a screen of 40x12 can hold.
    static let recovery = RecoveryOffer(
        killed: 2, ended: 1,
        compensations: [
            "give the feed back to the market", "release the kill switch that holdpoint holds",
            "cancel every working order of READY-SNIPER whose client id begins with hp-7-1--",
            "trade the position of READY-SNIPER in BTC-USD back to 0.01",
        ])

    static func model(_ view: View, _ size: Size) -> ConsoleModel {
        var model = SampleRun.model(view.stage, size)
        if view.isBeforeStart {
            model = ConsoleModel(size: size)
            send(.preflight(SamplePreflight.preflight()), to: &model)
        }
        var parser = KeyParser()
        for key in parser.feed(view.keys.utf8) { send(.key(key), to: &model) }
        if view == .recoverDialog { send(.recoverable(recovery), to: &model) }
        return model
    }

    static func send(_ message: ConsoleMessage, to model: inout ConsoleModel) {
        for effect in model.update(message, at: .seconds(1)) {
            guard case .loadEvidence(let piece) = effect else { continue }
            _ = model.update(.evidenceLoaded(id: piece.id, .text(SampleRun.evidenceText)), at: .seconds(1))
        }
    }

    @Test(arguments: View.allCases, sizes)
    func `views look as they did`(view: View, size: Size) throws {
        let frame = Self.model(view, size).frame(GlyphSet(isASCII: false))
        expectClean(frame.grid)
        try Self.compare(frame, "\(view.rawValue)-\(size.columns)x\(size.rows)")
    }

    @Test(arguments: [Size(20, 4), Size(29, 5), Size(60, 18), Size(200, 60), Size(30, 6)])
    func `the ladder goes on beyond the usual sizes`(size: Size) throws {
        try Self.compare(Self.model(.red, size).frame(GlyphSet(isASCII: false)), "red-\(size.columns)x\(size.rows)")
    }

    @Test(arguments: [View.red, .detail, .help], sizes)
    func `an ASCII terminal gets ASCII only`(view: View, size: Size) throws {
        let frame = Self.model(view, size).frame(GlyphSet(isASCII: true))
        #expect(frame.grid.text.utf8.allSatisfy { $0 < 0x7F })
        try Self.compare(frame, "\(view.rawValue)-\(size.columns)x\(size.rows)-ascii")
    }

    /// The text, where the cursor stands, and the roles of every row as runs.
    static func compare(_ frame: Frame, _ name: String) throws {
        var text = frame.grid.text
        text += "cursor \(frame.cursor.x),\(frame.cursor.y)  title \(frame.title)\n"
        for row in 0..<frame.grid.size.rows {
            var runs: [String] = []
            var last = ""
            for column in 0..<frame.grid.size.columns {
                let cell = frame.grid[column, row]
                let look = cell.role.rawValue + (cell.layer == .plain ? "" : cell.layer == .focus ? "!" : "*")
                if look != last { runs.append("\(column):\(look)") }
                last = look
            }
            text += "\(row) " + runs.joined(separator: " ") + "\n"
        }
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots")
        let file = folder.appending(path: name + ".txt")
        if ProcessInfo.processInfo.environment["HOLDPOINT_SNAPSHOTS"] == "rewrite" {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            return
        }
        guard let data = FileManager.default.contents(atPath: file.path) else {
            Issue.record("no snapshot \(name); HOLDPOINT_SNAPSHOTS=rewrite makes it")
            return
        }
        let expected = String(decoding: data, as: UTF8.self)
        guard expected != text else { return }
        let pairs = zip(
            expected.split(separator: "\n", omittingEmptySubsequences: false),
            text.split(separator: "\n", omittingEmptySubsequences: false))
        let differing = pairs.filter { $0 != $1 }.prefix(6).map { "- \($0)\n+ \($1)" }.joined(separator: "\n")
        Issue.record("\(name) differs:\n\(differing)")
    }
}
