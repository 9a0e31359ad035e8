/// Something that an operator can do. The footer, the help and the reference of keys are made from `CommandTable`.
package enum Command: String, Sendable, Hashable, CaseIterable {
    case moveDown, moveUp, halfPageDown, halfPageUp, pageDown, pageUp, top, bottom
    case open, back, paneValidators, paneChecks, paneEvents, nextPane, previousPane
    case nextFailing, previousFailing, filter, order, follow
    case rerun, rerunFailed, cancel, cancelAll, fix, markStep, copy
    case faults, toggleFault, clearFaults
    case start, chooseCheck, chooseAll, chooseReading, chooseVerifiable, target, lookAgain
    case help, redraw, suspend, quit, interrupt
}

/// A view as commands see it.
package enum Stage: Sendable, Hashable, CaseIterable {
    case overview, detail, preflight, target, faults, help

    /// As in the help.
    package var title: String {
        switch self {
        case .overview: "Overview"
        case .detail: "Check"
        case .preflight: "Pre-flight"
        case .target: "Target"
        case .faults: "Faults"
        case .help: "Help"
        }
    }
}

/// What is known of a command: data.
package struct CommandEntry: Sendable, Equatable {
    /// Which.
    package var command: Command
    /// What it is bound to; the first is shown.
    package var keys: [Key]
    /// As the footer shows the keys, where that is more than the first one: `jk`.
    package var shownKeys: String
    /// One or two words for the footer.
    package var label: String
    /// A few words for the help.
    package var name: String
    /// One sentence for the help.
    package var help: String
    /// The views it works in.
    package var stages: Set<Stage>
    /// The place in the footer, the most useful first; nil: not there.
    package var rank: Int?
}

/// All commands with their keys.
package enum CommandTable {
    private static let views: Set<Stage> = [.overview, .detail, .preflight, .target, .faults]
    private static let running: Set<Stage> = [.overview, .detail, .faults]
    private static let checks: Set<Stage> = [.overview, .detail]

    /// In the order of the help.
    package static let all: [CommandEntry] = [
        CommandEntry(
            command: .moveDown, keys: [.character("j"), .down], shownKeys: "jk", label: "move", name: "down",
            help: "Goes to the next row; 5j goes down five, 10j ten.", stages: views, rank: 2),
        CommandEntry(
            command: .moveUp, keys: [.character("k"), .up], shownKeys: "k Up", label: "up", name: "up",
            help: "Goes to the row before; takes a count as well.", stages: views, rank: nil),
        CommandEntry(
            command: .open, keys: [.enter, .character("l"), .right], shownKeys: "Enter", label: "open", name: "open",
            help:
                "Goes deeper: from a validator to its checks, from a check to its detail, from a measurement to its evidence.",
            stages: checks, rank: 1),
        CommandEntry(
            command: .back, keys: [.escape, .character("h"), .left, .backspace], shownKeys: "Esc", label: "back",
            name: "back", help: "Goes out of the innermost thing. Never leaves the program.", stages: views, rank: 1),
        CommandEntry(
            command: .nextFailing, keys: [.character("]")], shownKeys: "]", label: "next red", name: "next failing",
            help:
                "Goes to the next check that failed, broke, was cancelled or could not be verified; in a check's detail too.",
            stages: checks, rank: 3),
        CommandEntry(
            command: .previousFailing, keys: [.character("[")], shownKeys: "[", label: "prev red",
            name: "previous failing",
            help: "The same backwards.", stages: checks, rank: nil),
        CommandEntry(
            command: .fix, keys: [.character("m")], shownKeys: "m", label: "fix", name: "fix",
            help: "Shows how to mend the check: steps to walk and commands to copy. Nothing is run by itself.",
            stages: checks, rank: 5),
        CommandEntry(
            command: .rerun, keys: [.character("r")], shownKeys: "r", label: "rerun", name: "rerun this check",
            help: "Runs the check again with those that follow from it; says which before it does.", stages: checks,
            rank: 4),
        CommandEntry(
            command: .rerunFailed, keys: [.character("R")], shownKeys: "R", label: "rerun red", name: "rerun failed",
            help: "Runs every check again that is red or unknown by itself.", stages: running, rank: 7),
        CommandEntry(
            command: .markStep, keys: [.character(" ")], shownKeys: "Space", label: "done", name: "mark a step as done",
            help: "In the fix: ticks the step off, or takes the tick away. It is your note; nothing is run.",
            stages: [.detail], rank: 8),
        CommandEntry(
            command: .toggleFault, keys: [.enter, .character(" "), .character("l"), .right], shownKeys: "Enter",
            label: "set/clear", name: "set or clear a fault",
            help: "Switches the fault under the cursor; asks for its strength where it takes one.", stages: [.faults],
            rank: 0),
        CommandEntry(
            command: .clearFaults, keys: [.character("C")], shownKeys: "C", label: "clear all",
            name: "clear all faults",
            help: "Mends whatever was broken from the fault panel.", stages: [.faults], rank: 4),
        CommandEntry(
            command: .start, keys: [.enter], shownKeys: "Enter", label: "start", name: "start the run",
            help: "Runs the checks that are chosen. Nothing has been run before.", stages: [.preflight], rank: 0),
        CommandEntry(
            command: .chooseCheck, keys: [.character(" "), .character("x")], shownKeys: "Space", label: "in/out",
            name: "take a check in or out",
            help: "Leaves the check out with those that require it, or takes it in with those that it requires.",
            stages: [.preflight], rank: 1),
        CommandEntry(
            command: .chooseVerifiable, keys: [.character("u")], shownKeys: "u", label: "verifiable",
            name: "only what can be verified",
            help:
                "Leaves out every check that will see nothing. What is left out holds no gate, and the verdict says so.",
            stages: [.preflight], rank: 4),
        CommandEntry(
            command: .chooseReading, keys: [.character("e")], shownKeys: "e", label: "read only",
            name: "only what changes nothing", help: "Leaves out every check that changes the target.",
            stages: [.preflight], rank: 5),
        CommandEntry(
            command: .chooseAll, keys: [.character("a")], shownKeys: "a", label: "all", name: "all checks",
            help: "Takes every check of the plan in again.", stages: [.preflight], rank: 6),
        CommandEntry(
            command: .target, keys: [.character("t")], shownKeys: "t", label: "target", name: "what the target offers",
            help:
                "Shows for each capability whether the target offers it, how fast it answers and which checks wait for it; y copies a handler for one that is missing.",
            stages: [.overview, .detail, .preflight], rank: 8),
        CommandEntry(
            command: .lookAgain, keys: [.character("r")], shownKeys: "r", label: "look again", name: "look again",
            help:
                "Asks the target again for everything that changes nothing. Not while checks run: it would disturb them.",
            stages: [.target], rank: 3),
        CommandEntry(
            command: .copy, keys: [.character("y")], shownKeys: "y", label: "copy", name: "copy",
            help:
                "Copies what the cursor is on: a check's result, a step's command, a piece of evidence, a log line. Always kept in a file too.",
            stages: checks.union([.target]), rank: 9),
        CommandEntry(
            command: .filter, keys: [.character("f")], shownKeys: "f", label: "filter", name: "filter by state",
            help: "Lists all checks, then those that fail, those with a warning, those that run.", stages: [.overview],
            rank: 10),
        CommandEntry(
            command: .order, keys: [.character("s")], shownKeys: "s", label: "sort", name: "sort",
            help: "Lists checks by how much they want attention, or as planned.", stages: [.overview], rank: 14),
        CommandEntry(
            command: .faults, keys: [.character("p")], shownKeys: "p", label: "faults", name: "fault panel",
            help: "Shows the practice desk's fault switches.", stages: checks, rank: 11),
        CommandEntry(
            command: .cancel, keys: [.character("x")], shownKeys: "x", label: "cancel", name: "cancel this check",
            help: "Ends the check, after a question. What it changed on the target is taken back.", stages: checks,
            rank: 12),
        CommandEntry(
            command: .cancelAll, keys: [.character("X")], shownKeys: "X", label: "cancel all",
            name: "cancel all checks",
            help: "Ends every check that has not finished, after you typed a word.", stages: running, rank: nil),
        CommandEntry(
            command: .nextPane, keys: [.tab], shownKeys: "Tab", label: "pane", name: "next pane or section",
            help: "Goes to the next part of the view.", stages: checks, rank: 6),
        CommandEntry(
            command: .previousPane, keys: [.backTab], shownKeys: "Shift-Tab", label: "pane before",
            name: "previous pane or section", help: "Goes to the part before.", stages: checks, rank: nil),
        CommandEntry(
            command: .paneValidators, keys: [.character("1")], shownKeys: "1", label: "validators",
            name: "first pane", help: "Goes to the validators; in a check's detail to its summary.", stages: checks,
            rank: nil),
        CommandEntry(
            command: .paneChecks, keys: [.character("2")], shownKeys: "2", label: "checks", name: "second pane",
            help: "Goes to the list of checks; in a check's detail to its evidence.", stages: checks, rank: nil),
        CommandEntry(
            command: .paneEvents, keys: [.character("3")], shownKeys: "3", label: "events", name: "third pane",
            help: "Goes to the events; in a check's detail to its log.", stages: checks, rank: nil),
        CommandEntry(
            command: .follow, keys: [.character("F")], shownKeys: "F", label: "follow", name: "follow or freeze",
            help:
                "Events and logs follow what happens, or stand still and count what came since. Moving up freezes too, G follows.",
            stages: checks, rank: 13),
        CommandEntry(
            command: .pageDown, keys: [.control("f"), .pageDown], shownKeys: "Ctrl-F", label: "page", name: "page down",
            help: "Goes down by a page.", stages: views, rank: nil),
        CommandEntry(
            command: .pageUp, keys: [.control("b"), .pageUp], shownKeys: "Ctrl-B", label: "page up", name: "page up",
            help: "Goes up by a page.", stages: views, rank: nil),
        CommandEntry(
            command: .halfPageDown, keys: [.control("d")], shownKeys: "Ctrl-D", label: "half page",
            name: "half a page down", help: "Goes down by half a page.", stages: views, rank: nil),
        CommandEntry(
            command: .halfPageUp, keys: [.control("u")], shownKeys: "Ctrl-U", label: "half page up",
            name: "half a page up", help: "Goes up by half a page.", stages: views, rank: nil),
        CommandEntry(
            command: .top, keys: [.character("g"), .home], shownKeys: "g", label: "top", name: "top",
            help: "Goes to the first row.", stages: views, rank: nil),
        CommandEntry(
            command: .bottom, keys: [.character("G"), .end], shownKeys: "G", label: "bottom", name: "bottom",
            help: "Goes to the last row; events and logs follow from there.", stages: views, rank: nil),
        CommandEntry(
            command: .help, keys: [.character("?"), .function(1)], shownKeys: "?", label: "help", name: "help",
            help: "Lists the keys; type to narrow it, Enter runs what is highlighted.", stages: views, rank: 15),
        CommandEntry(
            command: .redraw, keys: [.control("l")], shownKeys: "Ctrl-L", label: "redraw", name: "redraw",
            help: "Draws the whole screen anew.", stages: Set(Stage.allCases), rank: nil),
        CommandEntry(
            command: .suspend, keys: [.control("z")], shownKeys: "Ctrl-Z", label: "suspend", name: "suspend",
            help: "Gives the terminal back to the shell until fg. The run stands still meanwhile.",
            stages: Set(Stage.allCases), rank: nil),
        CommandEntry(
            command: .quit, keys: [.character("q")], shownKeys: "q", label: "quit", name: "quit",
            help: "Leaves: at once when nothing runs, else after a question.", stages: views, rank: 16),
        CommandEntry(
            command: .interrupt, keys: [.control("c")], shownKeys: "Ctrl-C", label: "interrupt", name: "interrupt",
            help: "As q. A second one cancels what runs and leaves, a third does not wait.",
            stages: Set(Stage.allCases),
            rank: nil),
    ]

    /// What a key does in a view; nil: nothing.
    package static func command(for key: Key, in stage: Stage) -> Command? {
        all.first { $0.stages.contains(stage) && $0.keys.contains(key) }?.command
    }

    /// What is known of a command.
    package static func entry(_ command: Command) -> CommandEntry {
        guard let entry = all.first(where: { $0.command == command }) else {
            preconditionFailure("no entry for \(command)")
        }
        return entry
    }

    /// Commands of a view for its footer, the most useful first.
    package static func footer(of stage: Stage) -> [CommandEntry] {
        all.filter { $0.stages.contains(stage) && $0.rank != nil }.sorted { ($0.rank ?? 0) < ($1.rank ?? 0) }
    }

    /// Commands for the help of a view: its own first, then those that work everywhere.
    package static func help(for stage: Stage) -> [CommandEntry] {
        let here = all.filter { $0.stages.contains(stage) }
        return here.filter { $0.stages.count < views.count } + here.filter { $0.stages.count >= views.count }
    }
}
