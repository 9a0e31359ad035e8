import Readiness

/// Hosts of venues that are known: whether orders go to paper is what has to be proven before one is placed.
struct VenueFinder: Finder {
    func reads(_ file: SurveyedFile) -> Bool {
        file.isCode || file.isVariables || file.isYAML || ["ini", "toml", "json", "cfg"].contains(file.suffix)
    }

    private static let domains: [StaticString] = [
        "alpaca.markets", "binance.com", "binance.vision", "binance.us", "binancefuture.com", "bybit.com", "bytick.com",
    ]

    func sightings(in file: SurveyedFile) -> [Sighting] {
        file.lines.compactMap { line in
            guard !line.text.isBlank(), let domain = Self.domains.first(where: { line.text.has($0) }),
                let place = line.text.place(of: domain)
            else { return nil }
            let before = line.text[..<place].reversed().prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || "-.".contains($0))
            }
            let host = String(before.reversed()) + String(describing: domain)
            return DatabaseURL.isHost(host[...]) ? file.sighting(.venue(host: host), at: line) : nil
        }
    }
}
