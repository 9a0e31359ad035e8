import Profile
import Readiness

/// Every profile that can be named, and what is wrong with it.
enum TargetListing {
    /// One profile.
    struct Row: Sendable, Equatable {
        /// What `--target` takes.
        var name: String
        /// As it states it; `-` where it cannot be read.
        var environment: String
        /// `shipped`, or `own`.
        var origin: String
        /// Where it is.
        var file: String
        /// What is wrong with it; empty for nothing.
        var problems: String

        /// In the order of `columns`.
        var cells: [String] { [name, environment, origin, file, problems.isEmpty ? "-" : problems] }
    }

    /// What the cells are called.
    static let columns = ["name", "environment", "origin", "file", "problems"]

    /// By name; of two with one name the one that is used first, and the other says so. Each file is read: what is wrong
    /// with one is told before a run needs it.
    static func rows(_ folders: StateFolders) -> [Row] {
        var rows: [Row] = []
        // The program's own stands before any file of its name, `config/targets/practice.yaml` here among them.
        if let shipped = try? TargetLibrary.load(TargetLibrary.practice, repository: nil, folders) {
            rows.append(
                Row(
                    name: TargetLibrary.practice, environment: shipped.file.profile.environment.rawValue,
                    origin: shipped.origin.rawValue, file: shipped.text.name, problems: ""))
        }
        for folder in TargetLibrary.places(folders) {
            for name in TargetLibrary.names(in: folder) {
                let path = "\(folder)/\(name).yaml"
                // The checkout's copy of what the program carries.
                if rows.contains(where: { $0.name == name && $0.file == path }) { continue }
                var row = row(name, path)
                if let first = rows.first(where: { $0.name == name }) {
                    let hidden = "\(first.file) of the same name is used instead"
                    row.problems = row.problems.isEmpty ? hidden : "\(hidden); \(row.problems)"
                }
                rows.append(row)
            }
        }
        return rows.sorted { ($0.name, $0.file) < ($1.name, $1.file) }
    }

    private static func row(_ name: String, _ path: String) -> Row {
        var row = Row(
            name: SafeText.line(name), environment: "-", origin: TargetLibrary.Loaded.Origin.own.rawValue,
            file: SafeText.line(path), problems: "")
        do throws(CommandFailure) {
            let file = try TargetLibrary.read(path, nil, judgedBy: JudgementFiles.Given()).file
            row.environment = file.profile.environment.rawValue
            // The thresholds are read with the criteria that they stand over.
            _ = try RunConfiguration(criteriaFile: nil, policyFile: nil, target: file)
        } catch {
            let lines = error.message.split(separator: "\n").dropFirst().map(String.init)
            let more = lines.count > 1 ? " (and \(lines.count - 1) more)" : ""
            row.problems = SafeText.line(lines.first ?? error.message) + more
        }
        return row
    }
}
