import FoundationEssentials
import Glibc
import Readiness
import Validators

/// Writes docs/reference, or with `--check` says which page is not what it would write.
@main
enum Reference {
    static func main() throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let checks = arguments.first == "--check"
        if checks { arguments.removeFirst() }
        guard let folder = arguments.first, arguments.count == 1 else {
            print("usage: holdpoint-reference [--check] FOLDER")
            exit(64)
        }
        let validators = ValidatorRegistry.all(.offline)
        let known = Set(Requirement.all.map(\.id))
        var complaints: [String] = []
        for definition in validators.flatMap({ $0.checks.map(\.definition) }) {
            for control in definition.controls where !known.contains(control) {
                complaints.append("\(definition.id) answers \(control), which is no requirement")
            }
            if definition.controls.isEmpty { complaints.append("\(definition.id) answers no requirement") }
        }
        for page in ReferencePage.allCases {
            let path = "\(folder)/\(page.rawValue)"
            let text = page.text(of: validators)
            if checks {
                let found = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
                if found != text { complaints.append("\(path) is not what the program says: run make docs") }
            } else {
                try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
            }
        }
        for complaint in complaints { print(complaint) }
        exit(complaints.isEmpty ? 0 : 1)
    }
}
