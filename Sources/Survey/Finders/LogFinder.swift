import Readiness

/// Files that the system logs to, as its code or its variables name them.
struct LogFinder: Finder {
    func reads(_ file: SurveyedFile) -> Bool { file.isCode || file.isVariables || file.suffix == "ini" || file.isYAML }

    private static let marks: [StaticString] = [
        "FileHandler", "filename", "LOG_FILE", "LOG_PATH", "OpenFile(", "createWriteStream(", "log_file", "logfile",
    ]

    func sightings(in file: SurveyedFile) -> [Sighting] {
        file.lines.compactMap { line in
            guard line.text.has(".log"), !line.text.isBlank(), Self.marks.contains(where: { line.text.has($0) }) else {
                return nil
            }
            let pair = line.text.pair(around: "=") ?? line.text.pair(around: ":")
            let texts = line.text.quotedTexts + (pair.map { [$0.value.plainValue] } ?? [])
            let path = texts.first { $0.hasSuffix(".log") && DatabaseURL.isPath($0) && !$0.hasPrefix("../") }
            return path.map { file.sighting(.log(path: String($0)), at: line) }
        }
    }
}
