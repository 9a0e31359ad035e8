import FoundationEssentials
package import Readiness

/// The way to a target that a profile describes: its own address and credentials, and for the operations that the
/// profile binds, its own requests, commands, files and statements with answers in its own shapes.
package struct ServiceCarrier: SurfaceCarrier {
    /// Runs a read-only statement of the profile and hands its rows on, by column.
    package typealias Rows =
        @Sendable (_ statement: String, _ columns: [String]) async throws(ProbeError) -> Answer<JSONValue>

    private let address: SurfaceAddress?
    private let credentials: Result<[String: Secret], ProbeError>
    private let bindings: [String: CapabilityBinding]
    private let instances: [SurfaceAddress]
    private let folder: String
    private let exchange: HTTPExchange
    private let series: HTTPExchange
    private let others: (exchange: HTTPExchange, series: HTTPExchange)?
    private let rows: Rows?
    private let processes = ProcessProbe()

    /// Leads to a target.
    ///
    /// - Parameters:
    ///   - address: where the surface is; nil for a target that has none.
    ///   - credentials: header fields that prove who we are, sent to `address` and nowhere else; or why they are not to
    ///     be had, and then nothing is asked there.
    ///   - bindings: the profile's, by operation.
    ///   - instances: addresses of instances that the profile names: they are asked wherever they are. Default: none.
    ///   - folder: where commands run and relative files lie, absolute.
    ///   - exchange: leads to the surface's server, with its authorities and our certificate.
    ///   - series: the same for a series of measurements.
    ///   - others: lead to every other server that a binding names as a whole URL: with the system's authorities and no
    ///     certificate. Default: `exchange` and `series`, for a surface without either.
    ///   - rows: runs a statement on the profile's ledger; nil where it has none.
    package init(
        address: SurfaceAddress?, credentials: Result<[String: Secret], ProbeError>,
        bindings: [String: CapabilityBinding], instances: [SurfaceAddress] = [], folder: String,
        exchange: HTTPExchange, series: HTTPExchange,
        others: (exchange: HTTPExchange, series: HTTPExchange)? = nil, rows: Rows?
    ) {
        self.address = address
        self.credentials = credentials
        self.bindings = bindings
        self.instances = instances
        self.folder = folder
        self.exchange = exchange
        self.series = series
        self.others = others
        self.rows = rows
    }

    /// Takes the credentials out.
    package var redactor: Redactor { exchange.redactor }

    /// As the profile binds it: method and path, the command, or the file.
    package func question(_ request: HTTPExchange.Request) -> String? {
        let path = String(request.path.prefix { $0 != "?" })
        guard let operation = SurfaceOperation.matching(request.method, path) else { return nil }
        switch bindings[operation.name]?.source {
        case .http(let method, let target, _)?: return "\(method) \(target.prefix { $0 != "?" })"
        case .command(let words)?: return SafeText.line(String(words.joined(separator: " ").prefix(120)))
        case .file(let path)?: return SafeText.line(path)
        case .sql?: return "the statement of \(operation.name)"
        case nil: return nil
        }
    }

    /// Asks as the profile says, and at the contract's own path where it says nothing.
    package func perform(
        _ request: HTTPExchange.Request, on lane: SurfaceLane
    ) async throws(ProbeError) -> HTTPExchange.Reply {
        let path = String(request.path.prefix { $0 != "?" })
        let operation = SurfaceOperation.matching(request.method, path)
        let reply: HTTPExchange.Reply
        if let operation, let binding = bindings[operation.name] {
            let told = try await told(binding, RequestFields(request, of: operation), request, operation, lane)
            reply = try reshaped(told, binding, operation, for: request)
        } else {
            let place = try ownAddress(for: request)
            reply = try await connection(lane, to: place).perform(try authorised(request), at: place)
        }
        return operation?.capability == .discovery ? listing(reply) : reply
    }

    /// Asks each over a connection of its own. A binding other than to a path of the surface cannot be released
    /// together: then there is no such probe.
    package func performTogether(
        _ requests: [HTTPExchange.Request]
    ) async throws(ProbeError) -> HTTPExchange.Together {
        guard let first = requests.first else { throw ProbeError(ourSide: "no requests together") }
        let path = String(first.path.prefix { $0 != "?" })
        guard let operation = SurfaceOperation.matching(first.method, path), let binding = bindings[operation.name]
        else {
            return try await exchange.performTogether(
                requests.map { request throws(ProbeError) in try authorised(request) }, at: ownAddress(for: first))
        }
        guard case .http(let method, let target, let body) = binding.source else {
            throw ProbeError(
                .notOffered, at: .surface, "\(operation.name) is not asked over HTTP: requests cannot arrive together")
        }
        var own: [HTTPExchange.Request] = []
        var place: SurfaceAddress?
        for request in requests {
            let fields = RequestFields(request, of: operation)
            let (made, whole) = try Self.request(method, target, body, fields, instead: request, own: address)
            own.append(whole == address ? try authorised(made) : made)
            place = whole
        }
        guard let place else { throw ProbeError(ourSide: "no requests together") }
        var together = try await connection(.shared, to: place).performTogether(own, at: place, limit: binding.limit)
        var replies: [HTTPExchange.Reply] = []
        for (reply, request) in zip(together.replies, requests) {
            replies.append(try reshaped(reply, binding, operation, for: request))
        }
        together.replies = replies
        return together
    }

    /// An instance may be asked where the profile's own host is, or at an address that the profile itself names, with our
    /// credentials; another host that the target names is not asked: a hostile target must not make us ask others.
    ///
    /// What the profile binds to a path is asked at that path of the instance. What it binds to anything else leads to
    /// one place for all, and can tell none of them apart.
    package func perform(
        _ request: HTTPExchange.Request, at instance: TargetInstance
    ) async throws(ProbeError) -> HTTPExchange.Reply {
        guard let named = SurfaceAddress(profile: instance.address), try mayBeAsked(named, for: request) else {
            throw ProbeError(
                .nonsense, at: .surface, "an instance is at an address that is not the target's host; it is not asked")
        }
        let path = String(request.path.prefix { $0 != "?" })
        guard let operation = SurfaceOperation.matching(request.method, path), let binding = bindings[operation.name]
        else { return try await exchange.perform(try authorised(request), at: named) }
        guard case .http(let method, let target, let body) = binding.source, target.hasPrefix("/") else {
            throw ProbeError(
                .notOffered, at: .surface,
                "\(operation.name) is not bound to a path (\(binding.location)): no instance can be asked by itself")
        }
        let fields = RequestFields(request, of: operation)
        let (made, _) = try Self.request(method, target, body, fields, instead: request, own: named)
        let told = try await exchange.perform(try authorised(made), at: named, limit: binding.limit ?? exchange.limit)
        return try reshaped(told, binding, operation, for: request)
    }

    private func mayBeAsked(_ named: SurfaceAddress, for request: HTTPExchange.Request) throws(ProbeError) -> Bool {
        if instances.contains(named) { return true }
        let own = try ownAddress(for: request)
        return named.host == own.host && named.isSecure == own.isSecure
    }

    /// Whether it is the profile's address.
    package func isOwn(_ address: String) throws(ProbeError) -> Bool {
        SurfaceAddress(profile: address) == self.address
    }

    /// The surface's authorities and our certificate are for the surface's own server, and for no other.
    private func connection(_ lane: SurfaceLane, to place: SurfaceAddress) -> HTTPExchange {
        let isOwn = address?.isSameServer(as: place) ?? false
        let ways = isOwn ? (exchange: exchange, series: series) : others ?? (exchange: exchange, series: series)
        return switch lane {
        case .series: ways.series
        case .shared, .authorised: ways.exchange
        }
    }

    private func ownAddress(for request: HTTPExchange.Request) throws(ProbeError) -> SurfaceAddress {
        guard let address else {
            throw ProbeError(
                .notOffered,
                elsewhere: "the profile has no surface.address and binds nothing to \(request.method) "
                    + String(request.path.prefix { $0 != "?" }))
        }
        return address
    }

    private func authorised(_ request: HTTPExchange.Request) throws(ProbeError) -> HTTPExchange.Request {
        var request = request
        request.credentials = try credentials.get()
        return request
    }

    // MARK: - The ways of asking

    private func told(
        _ binding: CapabilityBinding, _ fields: RequestFields, _ request: HTTPExchange.Request,
        _ operation: SurfaceOperation, _ lane: SurfaceLane
    ) async throws(ProbeError) -> HTTPExchange.Reply {
        let limit = binding.limit ?? exchange.limit
        switch binding.source {
        case .http(let method, let target, let body):
            let (made, place) = try Self.request(method, target, body, fields, instead: request, own: address)
            let whole = place == address ? try authorised(made) : made
            return try await connection(lane, to: place).perform(whole, at: place, limit: limit)
        case .command(let words):
            return try await command(words.map { word throws(ProbeError) in try fields.word(word) }, limit)
        case .file(let path):
            return try await file(path.hasPrefix("/") ? path : "\(folder)/\(path)", binding.maxAge)
        case .sql(let statement, let columns):
            guard let rows else {
                throw ProbeError(.notOffered, at: .surface, "\(operation.name) is asked in SQL, and there is no ledger")
            }
            let answer = try await rows(statement, columns)
            return reply(answer.value.json, answer.transcript, answer.elapsed)
        }
    }

    /// The target's own request in place of the contract's, and where it goes.
    private static func request(
        _ method: String, _ target: String, _ body: String?, _ fields: RequestFields,
        instead request: HTTPExchange.Request, own: SurfaceAddress?
    ) throws(ProbeError) -> (HTTPExchange.Request, SurfaceAddress) {
        var place = own
        var path = target
        if !target.hasPrefix("/") {
            // A whole URL: the part before the path is an address of its own.
            let start = target.firstRange(of: "://").map { target[$0.upperBound...] } ?? target[...]
            let rest = start.drop { $0 != "/" && $0 != "?" }
            place = SurfaceAddress(ofURL: target)
            path = rest.hasPrefix("/") ? String(rest) : "/\(rest)"
        }
        guard let place else {
            // A URL that is none may hold a password: it is not repeated.
            throw ProbeError(
                ourSide:
                    "what \(request.method) \(request.path.prefix { $0 != "?" }) is bound to is no address to ask at")
        }
        let sent: [UInt8]? =
            if let body { Array(Placeholder.filled(body, fields.inJSON).utf8) } else if method == "GET" { nil } else {
                request.body
            }
        let made = HTTPExchange.Request(
            method, Placeholder.filled(path, fields.escaped), body: sent, isIdempotent: request.isIdempotent)
        return (made, place)
    }

    private func command(_ words: [String], _ limit: Duration) async throws(ProbeError) -> HTTPExchange.Reply {
        let request = CommandRequest(words, in: folder, limit: limit, outputCap: exchange.bodyCap)
        let result = try await processes.run(request)
        let line = redactor.redacted(request.line)
        guard !result.isOverLimit else {
            throw ProbeError(.unreachable, at: .surface, "\(line) did not end within \(DurationText.short(limit))")
        }
        guard result.ending == .exited(0) else {
            throw ProbeError(.nonsense, at: .surface, redactor.redacted("\(line): \(result.ending(of: request))"))
        }
        guard result.output.dropped == 0 else {
            throw ProbeError(.nonsense, at: .surface, "\(line) printed more than \(exchange.bodyCap) bytes")
        }
        return reply(result.output.text, result.transcript(of: request, redactor: redactor), result.elapsed)
    }

    private func file(_ path: String, _ maxAge: Duration?) async throws(ProbeError) -> HTTPExchange.Reply {
        let cap = exchange.bodyCap
        return try await BlockingWork.once("reading \(SafeText.line(path))") { () throws(ProbeError) in
            let started = ContinuousClock.now
            let text = try AnswerFile.read(path, cap: cap, maxAge: maxAge)
            // Cleaned before it is cut, so that a secret across the cut does not leave its first half.
            let shown = redactor.redacted(text).prefix(Redactor.bodyCap)
            return reply(text, "\(path)\n\(shown)", ContinuousClock.now - started)
        }
    }

    /// An answer that did not come over HTTP, without secrets: whoever holds one may print it, write it or store it.
    private func reply(_ text: String, _ transcript: String, _ elapsed: Duration) -> HTTPExchange.Reply {
        HTTPExchange.Reply(
            status: 200, body: Data(redactor.redacted(text).utf8), transcript: redactor.redacted(transcript),
            elapsed: elapsed, finishedAt: WallClock.nanoseconds)
    }

    // MARK: -

    /// The target's list of what it offers, with what the profile binds: a target need not know the contract's names.
    /// An answer that is no object is left to whoever reads it.
    private func listing(_ reply: HTTPExchange.Reply) -> HTTPExchange.Reply {
        let bound = Set(bindings.keys.compactMap { SurfaceOperation.named($0)?.capability.rawValue })
        guard !bound.isEmpty, case .object(var fields)? = try? JSONParser.parse(Array(reply.body)) else { return reply }
        var listed: [JSONValue.Field] = []
        if let told = fields.first(where: { $0.name == "capabilities" })?.value {
            guard case .object(let own) = told else { return reply }
            listed = own.filter { !bound.contains($0.name) }
        }
        listed += bound.sorted().map { JSONValue.Field($0, .text(HTTPSurface.version)) }
        fields.removeAll { $0.name == "capabilities" }
        fields.append(JSONValue.Field("capabilities", .object(listed)))
        var reply = reply
        reply.body = Data(JSONValue.object(fields).json.utf8)
        reply.transcript += "\nthe profile binds \(bound.sorted().joined(separator: ", "))"
        return reply
    }

    /// The answer as the contract spells it. Without a template it is taken to be spelled so already.
    private func reshaped(
        _ reply: HTTPExchange.Reply, _ binding: CapabilityBinding, _ operation: SurfaceOperation,
        for request: HTTPExchange.Request
    ) throws(ProbeError) -> HTTPExchange.Reply {
        guard (200...299).contains(reply.status) || reply.status == 503 && operation.name == "discovery" else {
            return reply
        }
        try HTTPSurface.refuseExample(reply, to: request)
        var reply = reply
        // What a target calls "created" is an answer to us.
        if reply.status != 503 { reply.status = 200 }
        guard let template = binding.answer else { return reply }
        let made: JSONValue
        do {
            let told = try JSONParser.parse(Array(reply.body))
            made = try AnswerReshaping.reshape(told, by: template, as: operation.answer)
        } catch let error as JSONParser.Trouble {
            throw HTTPSurface.nonsense(request, "it is not JSON: \(error)")
        } catch let error as AnswerReshaping.Misfit {
            throw HTTPSurface.nonsense(
                request, "\(SafeText.line(error.complaint)) (\(binding.location.description))")
        } catch {
            throw ProbeError(ourSide: "reshaping an answer: \(error)")
        }
        // The contract says readiness twice, and they have to agree.
        if operation.name == "discovery" { reply.status = made["ready"] == .flag(true) ? 200 : 503 }
        // A secret may have been spelled in another way than the one that it was looked for in.
        let clean = redactor.redacted(made.json)
        reply.body = Data(clean.utf8)
        reply.transcript += "\ntaken as \(clean.prefix(Redactor.bodyCap))"
        return reply
    }
}
