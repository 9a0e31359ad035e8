import Readiness

/// Units of systemd: what the service is called there, and where its output goes.
struct SystemdFinder: Finder {
    func reads(_ file: SurveyedFile) -> Bool { file.suffix == "service" }

    func sightings(in file: SurveyedFile) -> [Sighting] {
        guard let line = file.lines.first(where: { $0.text.hasPrefix("ExecStart=") }),
            file.lines.contains(where: { $0.text.trimmed == "[Service]" }), DatabaseURL.isPath(file.name)
        else { return [] }
        var unit = SystemdUnit(name: String(file.name), log: nil)
        for line in file.lines {
            guard let rest = line.text.after("StandardOutput=append:") ?? line.text.after("StandardOutput=file:"),
                rest.hasPrefix("/"), DatabaseURL.isPath(rest)
            else { continue }
            unit.log = String(rest)
        }
        return [file.sighting(.unit(unit), at: line)]
    }
}
