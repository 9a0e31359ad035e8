import Crypto
import FoundationEssentials
import Yams

/// Reads the tier file `limits.yaml`: every tier, every limit, the policy for sizes, nothing else.
package enum LimitsFile {
    /// The file's name in a desk's home.
    package static let name = "limits.yaml"

    /// Larger than any honest limits file.
    static let sizeBound = 64 * 1024

    /// Reads the file at a path.
    ///
    /// - Throws: `HomeError` that names the file, and the line, key and accepted values of what is wrong in it.
    package static func read(path: String, faults: FaultBoard) throws(HomeError) -> RiskLimits {
        try parse(HomeFiles.read(path, sizeBound: sizeBound), path: path, faults: faults)
    }

    /// Reads the file's bytes; the path is for messages alone.
    package static func parse(_ bytes: [UInt8], path: String, faults: FaultBoard) throws(HomeError) -> RiskLimits {
        let reader = Reader(path: path)
        let text = String(decoding: bytes, as: UTF8.self)
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw reader.error(error)
        } catch {
            throw HomeError.invalidFile(path: path, line: nil, message: "is not YAML: \(error)")
        }
        guard let root else { throw HomeError.invalidFile(path: path, line: nil, message: "is empty") }
        let top = try reader.mapping(root, at: "", keys: ["schema", "tiers", "sizing"])
        guard let schema = top["schema"], schema.scalar?.string == "1" else {
            throw reader.invalid(top["schema"], "schema", "must be 1")
        }
        let tiers = try reader.mapping(top["tiers"], at: "tiers", keys: Tier.allCases.map(\.rawValue))
        var loaded: [Tier: [LimitName: RiskLimit]] = [:]
        for tier in Tier.allCases {
            let path = "tiers.\(tier.rawValue)"
            let values = try reader.mapping(tiers[tier.rawValue], at: path, keys: LimitName.allCases.map(\.rawValue))
            for name in LimitName.allCases {
                loaded[tier, default: [:]][name] = try reader.limit(values[name.rawValue], name, at: path)
            }
        }
        let sizing = try reader.sizing(top["sizing"])
        let digest = SHA256.hash(data: bytes)
        return RiskLimits(loaded, sizing: sizing, sha256: Hex.text(digest), faults: faults)
    }
}

/// The strict steps of reading, each of which can say file, line and key.
private struct Reader {
    let path: String

    /// A mapping with exactly these keys.
    func mapping(_ node: Node?, at key: String, keys: [String]) throws(HomeError) -> [String: Node] {
        let list = keys.joined(separator: ", ")
        guard let mapping = node?.mapping else {
            throw invalid(node, key, "must be a mapping with the keys \(list)")
        }
        var found: [String: Node] = [:]
        for (name, value) in mapping {
            guard let text = name.scalar?.string, keys.contains(text) else {
                let wrong = name.scalar?.string ?? "?"
                let nearest = NearestName.of(wrong, in: keys).map { "; did you mean \($0)?" } ?? ""
                throw invalid(name, joined(key, wrong.shortened), "is not known; accepted: \(list)\(nearest)")
            }
            found[text] = value
        }
        for name in keys where found[name] == nil { throw invalid(node, joined(key, name), "is missing") }
        return found
    }

    func limit(_ node: Node?, _ name: LimitName, at key: String) throws(HomeError) -> RiskLimit {
        let (units, text) = try number(node, at: joined(key, name.rawValue), digits: name.digits, bound: name.bound)
        let line = node?.mark.map { ":\($0.line)" } ?? ""
        return RiskLimit(
            value: FixedPoint.decimal(units, scale: name.digits), text: text, source: LimitsFile.name + line)
    }

    func sizing(_ node: Node?) throws(HomeError) -> SizingPolicy {
        let (fraction, most, trades) = ("kelly_fraction", "kelly_max_fraction", "kelly_min_trades")
        let values = try mapping(node, at: "sizing", keys: [fraction, most, trades])
        func share(_ name: String) throws(HomeError) -> Decimal {
            FixedPoint.decimal(
                try number(values[name], at: "sizing.\(name)", digits: 2, bound: 100).units, scale: 2)
        }
        return SizingPolicy(
            kellyFraction: try share(fraction), kellyMaxFraction: try share(most),
            kellyMinTrades: try number(values[trades], at: "sizing.\(trades)", digits: 0, bound: 1_000_000).units)
    }

    /// A number above zero in 10^−digits, and how it is written.
    private func number(
        _ node: Node?, at key: String, digits: Int, bound: Int64
    ) throws(HomeError) -> (units: Int64, text: String) {
        let accepted =
            digits == 0
            ? "a whole number from 1 to \(bound)"
            : "a plain decimal number from 0.01 to \(FixedPoint.text(bound, scale: digits))"
                + " with at most two digits after the point"
        guard let scalar = node?.scalar, digits > 0 || !scalar.string.contains("."),
            let units = FixedPoint.parse(scalar.string, scale: digits), (1...bound).contains(units)
        else { throw invalid(node, key, "must be \(accepted)") }
        return (units, scalar.string)
    }

    func invalid(_ node: Node?, _ key: String, _ message: String) -> HomeError {
        .invalidFile(path: path, line: node?.mark?.line, message: key.isEmpty ? message : "\(key) \(message)")
    }

    func error(_ error: YamlError) -> HomeError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            .invalidFile(path: path, line: mark.line, message: "is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            .invalidFile(
                path: path, line: context.mark.line,
                message: "\(duplicates.map { "\($0)" }.joined(separator: ", ").shortened) is given twice")
        default:
            .invalidFile(path: path, line: nil, message: "is not YAML: \("\(error)".shortened)")
        }
    }

    private func joined(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
