import ArgumentParser
import Profile

/// The words for a name that is not there.
enum UnknownName {
    /// `unknown fault 'slow-rsk': did you mean 'slow-risk'? (…)`.
    static func message(_ kind: String, _ name: String, among known: [String]) -> String {
        let nearest = NearestName.of(name, among: known).map { ": did you mean '\($0)'?" } ?? ""
        let list = known.count <= 8 ? " (known: \(known.joined(separator: ", ")))" : " (see: holdpoint list \(kind)s)"
        return "unknown \(kind) '\(name)'\(nearest)\(list)"
    }

    /// A first argument that is neither an option nor a command. (The parser would hand it to `run`, whose complaint is
    /// of no help.)
    ///
    /// - Throws: `CommandFailure` (64) with the nearest command.
    static func refuseUnknownCommand(_ argument: String?) throws(CommandFailure) {
        let known = RootCommand.configuration.subcommands.compactMap { $0._commandName } + ["help"]
        guard let argument, !argument.hasPrefix("-"), !known.contains(argument) else { return }
        throw .unknown("command", argument, among: known)
    }
}
