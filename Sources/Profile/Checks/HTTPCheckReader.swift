import Readiness

/// Reads `http` of a check.
struct HTTPCheckReader {
    /// The target's surface; nil where there is none.
    let access: TargetAccess?
    let paths: ProfilePaths

    private static let keys = [
        "url", "path", "method", "headers", "secret_headers", "body", "status", "values", "latency", "roots",
        "timeout_ms",
    ]
    private static let statuses = NumberRange(lowest: "100", highest: "599", isWhole: true, unit: "HTTP status")

    /// The requirement, or nil after stating why there is none.
    func requirement(_ value: KeyValueTree, in parent: Section) -> DeclaredCheck.Subject? {
        guard let section = parent.section("http", value, keys: Self.keys) else { return nil }
        section.refuseKeys(except: Self.keys)
        let place = place(section)
        let method = section["method"].map { section.word("method", $0, among: ["GET", "HEAD", "POST"]) } ?? "GET"
        let headers = section.pairs("headers", names: FieldNames.headers, where: FieldNames.isHeader)
        let secrets = section.secrets(
            "secret_headers", names: FieldNames.headers, paths, where: FieldNames.isHeader)
        let body = section["body"].map { section.longText("body", $0, accepted: "a text of JSON") }
        let statuses = statuses(section)
        let values = section["values"].map { self.values($0, in: section) } ?? []
        let latency = section["latency"].map { self.latency($0, in: section) }
        let roots = section.roots(paths)
        let limit = section.limit(otherwise: .seconds(5))
        if let body = section["body"], let method, method != "POST" {
            section.problem("body", body, "belongs to the method POST only, and this is \(method)")
        }
        if let values = section["values"], method == "HEAD" {
            section.problem("values", values, "are asked of an answer to HEAD, which has no body")
        }
        if let secrets, !secrets.isEmpty, let place { refuseOpenWay(section, place) }
        if let value = section["roots"], let place { refuseRoots(section, value, place) }
        guard let place, let method, let headers, let secrets, let statuses, let limit else { return nil }
        return .http(
            HTTPRequirement(
                place, method: method, headers: headers, secretHeaders: secrets, body: body.flatMap(\.self),
                statuses: statuses, values: values, latency: latency.flatMap(\.self), roots: roots,
                requestLimit: limit))
    }

    private func place(_ section: Section) -> HTTPRequirement.Place? {
        let accepted = "url: http://… or https://…, or path: /… on the target's surface"
        switch (section["url"], section["path"]) {
        case (let url?, nil): return SurfaceURL.read("url", url, in: section, allowsQuery: true).map { .url($0) }
        case (nil, let value?):
            guard let path = section.text("path", value, accepted: "a path such as /healthz") else { return nil }
            guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") })
            else {
                section.problem("path", value, "is \(quoted(path))", accepted: "a path such as /healthz")
                return nil
            }
            if access == nil {
                section.problem("path", value, "is asked of the surface, and the profile has none", accepted: "url")
            }
            return .surface(path: path)
        default:
            section.problems.error(
                line: section.line, section.path,
                section["url"] == nil ? "does not say where to ask" : "says twice where to ask", accepted: accepted)
            return nil
        }
    }

    /// A secret over plain HTTP to another machine is no secret.
    private func refuseOpenWay(_ section: Section, _ place: HTTPRequirement.Place) {
        var address: String?
        switch place {
        case .url(let url): address = url
        case .surface: if case .address(let text)? = access?.place { address = text }
        }
        guard let address, address.hasPrefix("http://"), !AccessReader.isLoopback(address),
            let value = section["secret_headers"]
        else { return }
        section.problem(
            "secret_headers", value, "would send a secret over plain HTTP to another machine", accepted: "https://")
    }

    /// Roots that nothing is held against would look like proof of something.
    private func refuseRoots(_ section: Section, _ value: KeyValueTree, _ place: HTTPRequirement.Place) {
        switch place {
        case .surface:
            section.problem(
                "roots", value, "belongs to a url: a path of the surface is held against surface.authority")
        case .url(let url):
            if url.hasPrefix("http://") {
                section.problem(
                    "roots", value, "is of no use over plain HTTP, where no server proves who it is",
                    accepted: "https://")
            }
        }
    }

    private func statuses(_ section: Section) -> [Int]? {
        guard let value = section["status"] else { return [200] }
        let items: [KeyValueTree] = if case .list(let items, _) = value { items } else { [value] }
        guard !items.isEmpty else {
            section.problem("status", value, "is an empty list", accepted: Self.statuses.description)
            return nil
        }
        var statuses: [Int] = []
        for item in items {
            guard let status = section.whole("status", item, in: Self.statuses) else { return nil }
            statuses.append(status)
        }
        return statuses
    }

    private func values(_ value: KeyValueTree, in section: Section) -> [ValueRequirement] {
        let keys = ["path"] + ExpectationReader.keys
        return (section.sections("values", value, keys: keys) ?? []).compactMap { map in
            map.refuseKeys(except: keys)
            let path = map.required("path", accepted: JSONPath.accepted).flatMap { self.path($0, in: map) }
            let expectation = ExpectationReader(section: map).expectation()
            guard let path, let expectation else { return nil }
            return ValueRequirement(path, expectation)
        }
    }

    private func path(_ value: KeyValueTree, in section: Section) -> JSONPath? {
        guard let text = section.text("path", value, accepted: JSONPath.accepted) else { return nil }
        do throws(JSONPath.Trouble) { return try JSONPath(parsing: text) } catch {
            section.problem("path", value, "is \(quoted(text)): \(error)", accepted: JSONPath.accepted)
            return nil
        }
    }

    private func latency(_ value: KeyValueTree, in section: Section) -> HTTPRequirement.Latency? {
        let keys = ["percentile", "below_ms", "samples"]
        guard let map = section.section("latency", value, keys: keys) else { return nil }
        map.refuseKeys(except: keys)
        let percentiles = Percentile.allCases.map(\.rawValue)
        let percentile = map.required("percentile", accepted: percentiles.joined(separator: ", "))
            .flatMap { map.word("percentile", $0, among: percentiles) }.flatMap(Percentile.init(rawValue:))
        let limit = map.bound("below_ms", .milliseconds())
        guard let percentile, let limit else { return nil }
        // With fewer no claim could ever be made, and the check would be unverified for good.
        let counts = NumberRange(
            lowest: DecimalValue(percentile.leastSamples), highest: "100000", isWhole: true,
            unit: "samples for \(percentile.rawValue)")
        let samples = map["samples"].map { map.whole("samples", $0, in: counts) }
        if let samples, samples == nil { return nil }
        return HTTPRequirement.Latency(percentile, below: limit, samples: samples.flatMap(\.self))
    }
}
