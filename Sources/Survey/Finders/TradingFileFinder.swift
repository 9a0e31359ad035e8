import Readiness

/// YAML files of limits and of strategies, by their names and keys.
struct TradingFileFinder: Finder {
    func reads(_ file: SurveyedFile) -> Bool { file.isYAML }

    private static let limitKeys: [StaticString] = [
        "max_order_quantity:", "max_order_notional:", "max_position", "max_open_orders:", "price_collar",
        "max_drawdown",
        "max_leverage", "position_limit", "daily_loss",
    ]

    func sightings(in file: SurveyedFile) -> [Sighting] {
        let path = file.path.lowercased()[...]
        if let line = file.lines.first(where: { line in
            !line.text.isBlank() && Self.limitKeys.contains { line.text.has($0) }
        }) {
            return [file.sighting(.limits, at: line)]
        }
        let isNamed = path.has("limit") && !path.has("ratelimit") && !path.has("rate_limit")
        if isNamed, let line = file.lines.first(where: { !$0.text.isBlank() }) {
            return [file.sighting(.limits, at: line)]
        }
        let first = file.lines.first { line in
            line.text.place(of: "strategies:") == line.text.startIndex && !line.text.isEmpty
                || line.text.place(of: "strategy:") == line.text.startIndex && !line.text.isEmpty
        }
        if let line = first ?? (path.has("strateg") ? file.lines.first { !$0.text.isBlank() } : nil) {
            return [file.sighting(.strategies, at: line)]
        }
        return []
    }
}
