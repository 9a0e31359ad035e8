/// Why a probe brought nothing back.
package struct ProbeError: Error, Equatable, CustomStringConvertible {
    /// Whose trouble it is. The target's makes a check red or unverified; the tool's makes it an error.
    package enum Fault: Sendable, Equatable { case target, tool }

    /// The row of the domain model's table "what the probe met".
    package enum Meeting: Sendable, Equatable, CaseIterable {
        /// Refused, reset, no route, missing file, TLS that we refuse, silent to the request's limit.
        case unreachable
        /// 401, 403.
        case unauthorised
        /// 404, 405, 501 on a capability.
        case notOffered
        /// 5xx, not JSON, HTML, wrong shape, too large, endless redirect.
        case nonsense
        /// Our side: tool missing, cannot fork, disk full, bug.
        case ourSide
        /// The body was asked to stop. Not a row: the engine knows what it asked for.
        case cancelled
    }

    /// What was met.
    package var meeting: Meeting
    /// Where: nil when it was on our side.
    package var endpoint: Endpoint?
    /// A lower-case fragment that reads after "failed to observe: ". Never holds a secret.
    package var detail: String
    /// Whether the transport declares the trouble transient: a kept connection that was closed before a byte of an
    /// answer came, a reset. Only such trouble of the target is tried again; never an answer, never a silence.
    package var isTransient = false

    /// Describes trouble with an endpoint of the target.
    package init(_ meeting: Meeting, at endpoint: Endpoint, _ detail: String, isTransient: Bool = false) {
        self.meeting = meeting
        self.endpoint = endpoint
        self.detail = detail
        self.isTransient = isTransient
    }

    /// Describes trouble with something that the profile names and that is no endpoint of its own: a URL, a port, a file,
    /// a child; or that it does not name at all. It has no reachability check, so that nothing else is probed because of it.
    package init(_ meeting: Meeting, elsewhere detail: String) {
        self.meeting = meeting
        endpoint = nil
        self.detail = detail
    }

    /// Describes trouble on our side.
    package init(ourSide detail: String) {
        meeting = .ourSide
        endpoint = nil
        self.detail = detail
    }

    /// The body noticed that it was cancelled.
    package static let cancelled: ProbeError = {
        var error = ProbeError(ourSide: "cancelled")
        error.meeting = .cancelled
        return error
    }()

    /// Whose trouble it is.
    package var fault: Fault { meeting == .ourSide || meeting == .cancelled ? .tool : .target }

    /// The detail, with the endpoint where there is one.
    package var description: String { endpoint.map { "\($0.rawValue): \(detail)" } ?? detail }
}

extension ProbeError {
    /// The table "what the probe met" (domain model, 1), in its one place. Only the engine calls this, and the
    /// pre-flight, which foretells what the engine will say.
    ///
    /// What is not offered *at no endpoint* is what the profile names nowhere: nobody was asked and nobody was silent, so it
    /// is no fail even where reachability is the subject.
    ///
    /// - Parameter isSubject: whether the check's subject is the reachability of the endpoint itself.
    package func outcome(whereReachabilityIsSubject isSubject: Bool) -> Outcome {
        switch (meeting, isSubject) {
        case (.unreachable, true): .fail(.unreachable)
        case (.notOffered, true) where endpoint == nil: .unverified(.hookMissing)
        case (.unauthorised, true), (.notOffered, true), (.nonsense, true): .fail(.badAnswer)
        case (.unreachable, false): .unverified(.targetUnreachable)
        case (.unauthorised, false): .unverified(.credentialMissing)
        case (.notOffered, false): .unverified(.hookMissing)
        case (.nonsense, false): .unverified(.badAnswer)
        case (.ourSide, _): .error(.tool)
        case (.cancelled, _): .cancelled
        }
    }
}
