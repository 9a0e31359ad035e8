/// What a declared venue is, by what is publicly known of it. Pure: asks nobody.
///
/// Only what is on a list of paper hosts is paper; what is on no list is unknown, and unknown is never traded on.
package enum PaperJudgement: Sendable, Equatable {
    /// The address, and the account where one is needed, can only be paper. Not yet a proof: the target itself has to
    /// say the same.
    case paper(String)
    /// The address or the account is of the live side.
    case live(String)
    /// Neither is certain.
    case unknown(String)

    /// Judges a declaration.
    package init(_ declared: PaperDeclaration) {
        guard let place = VenuePlace(parsing: declared.address) else {
            self = .unknown("the venue's address is neither a URL nor host:port")
            return
        }
        switch declared.venue {
        case .interactiveBrokers: self = Self.interactiveBrokers(place, account: declared.account)
        case .own:
            self =
                place.isLoopback
                ? .paper("the venue at \(place) is on this machine")
                : .unknown("a venue of one's own that is not on loopback cannot be told from a live one")
        case .alpaca, .binance, .bybit: self = Self.byHost(declared.venue, place)
        }
    }

    /// The paper hosts of each venue, as its documentation names them.
    private static let paperHosts: [PaperDeclaration.Venue: [String]] = [
        .alpaca: ["paper-api.alpaca.markets"],
        .binance: [
            "testnet.binance.vision", "stream.testnet.binance.vision", "ws-api.testnet.binance.vision",
            "testnet.binancefuture.com", "stream.binancefuture.com",
        ],
        .bybit: ["api-testnet.bybit.com", "stream-testnet.bybit.com"],
    ]

    /// The domains of each venue: any other host below them is its live side.
    private static let domains: [PaperDeclaration.Venue: [String]] = [
        .alpaca: ["alpaca.markets"],
        .binance: ["binance.com", "binance.vision", "binance.us", "binancefuture.com"],
        .bybit: ["bybit.com", "bytick.com"],
    ]

    private static func byHost(_ venue: PaperDeclaration.Venue, _ place: VenuePlace) -> PaperJudgement {
        if paperHosts[venue, default: []].contains(place.host) {
            return .paper("\(place.host) is a paper host of \(venue.rawValue)")
        }
        // A paper host of one venue that is declared as another's is a mistake, and not paper.
        let isLive = domains.values.joined().contains { place.host == $0 || place.host.hasSuffix(".\($0)") }
        let words = "\(place.host) is not a paper host of \(venue.rawValue)"
        return isLive ? .live("\(words), and lies in a venue's domain") : .unknown(words)
    }

    /// A paper account begins with `DU`; the paper ports of TWS and Gateway are 7497 and 4002, the live ones 7496 and
    /// 4001. Both must say paper: a port can be set to anything.
    private static func interactiveBrokers(_ place: VenuePlace, account: String?) -> PaperJudgement {
        if [7496, 4001].contains(place.port) { return .live("port \(place.port) is the live side") }
        guard let account else { return .unknown("the profile names no account (paper accounts begin with DU)") }
        guard account.hasPrefix("DU") else { return .live("the account does not begin with DU") }
        guard [7497, 4002].contains(place.port) else {
            return .unknown("port \(place.port) is neither 7497 nor 4002")
        }
        return .paper("account and port \(place.port) are of the paper side")
    }
}

/// Host and port of a URL or of `host:port`.
struct VenuePlace: Equatable, CustomStringConvertible {
    let host: String
    let port: Int

    /// Reads a place; nil for user information, an odd host and a port out of range.
    init?(parsing text: String) {
        guard text.utf8.count <= 300 else { return nil }
        var rest = text[...]
        var standard: Int?
        if let colon = text.firstRange(of: "://") {
            switch text[..<colon.lowerBound] {
            case "https", "wss": standard = 443
            case "http", "ws": standard = 80
            default: return nil
            }
            rest = text[colon.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.count {
        case 1:
            guard let standard else { return nil }
            port = standard
        case 2:
            guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(parts[1]),
                (1...65_535).contains(number)
            else { return nil }
            port = number
        default: return nil
        }
        // A full stop at the end names the same host.
        let name = parts[0].lowercased()
        host = name.hasSuffix(".") ? String(name.dropLast()) : name
        guard !host.isEmpty, host.utf8.allSatisfy(Self.isHostByte) else { return nil }
    }

    var description: String { "\(host):\(port)" }

    var isLoopback: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "127" else { return false }
        return parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 97...122, UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
    }
}
