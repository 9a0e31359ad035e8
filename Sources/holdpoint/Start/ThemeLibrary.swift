import ConsoleUI
import FoundationEssentials
import Profile
import Readiness

/// Themes by name: the user's own first, then the shipped ones.
enum ThemeLibrary {
    /// Finds and decodes a theme.
    ///
    /// - Parameter name: nil: harbor-dark, or mono where `NO_COLOR` is set (https://no-color.org).
    /// - Throws: `CommandFailure`: 64 for a name that is not there, 78 for a theme that cannot be read.
    static func theme(
        named name: String?, folders: StateFolders, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CommandFailure) -> Theme {
        let isPlain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        let wanted = name ?? (isPlain ? ShippedTheme.mono.rawValue : ShippedTheme.harborDark.rawValue)
        let own = "\(folders.themes)/\(wanted).yaml"
        let tree: KeyValueTree
        do throws(ConfigurationError) {
            if !wanted.contains("/"), FileManager.default.fileExists(atPath: own) {
                tree = try ThemeFile.load(ConfigurationText(readingFileAt: own))
            } else if let shipped = ShippedTheme(rawValue: wanted) {
                tree = try ThemeFile.load(ConfigurationText(name: "themes/\(wanted).yaml", bytes: shipped.bytes))
            } else {
                tree = .list([], line: 0)
            }
        } catch {
            throw CommandFailure(.configuration, "failed to read the theme\n\(error)")
        }
        if case .list = tree { throw .unknown("theme", wanted, among: ShippedTheme.allCases.map(\.rawValue)) }
        return try decode(tree, file: wanted)
    }

    private static func decode(_ tree: KeyValueTree, file: String) throws(CommandFailure) -> Theme {
        do throws(ThemeError) {
            return try Theme(decoding: SettingsTree(tree), base: .plain, file: file)
        } catch {
            throw CommandFailure(.configuration, "failed to read the theme\n\(error)")
        }
    }
}

extension SettingsTree {
    /// The same values without the lines they stand at.
    init(_ tree: KeyValueTree) {
        switch tree {
        case .scalar(let text, _, _): self = .scalar(text)
        case .list(let values, _): self = .list(values.map(SettingsTree.init))
        case .map(let entries, _): self = .map(entries.map { Entry($0.key, SettingsTree($0.value)) })
        }
    }
}
