import Readiness

/// Files of Prometheus and Alertmanager, told by the keys that stand at their left edge.
struct MonitoringFinder: Finder {
    func reads(_ file: SurveyedFile) -> Bool { file.isYAML }

    func sightings(in file: SurveyedFile) -> [Sighting] {
        func top(_ key: StaticString) -> SurveyedFile.Line? {
            file.lines.first { $0.text.place(of: key) == $0.text.startIndex && !$0.text.isEmpty }
        }
        if let line = top("scrape_configs:") { return [file.sighting(.monitoring(.prometheus), at: line)] }
        if let line = top("receivers:"), top("route:") != nil {
            return [file.sighting(.monitoring(.alertmanager), at: line)]
        }
        if top("groups:") != nil,
            let line = file.lines.first(where: { line in
                let text = line.text.trimmed
                return text.hasPrefix("- alert:") || text.hasPrefix("alert:")
            })
        {
            return [file.sighting(.monitoring(.alertRules), at: line)]
        }
        return []
    }
}
