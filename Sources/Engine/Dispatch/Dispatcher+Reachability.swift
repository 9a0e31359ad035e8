import Readiness

/// Looks whether the target is still there, once a check has met something that it may have gone with.
extension Dispatcher {
    /// Looks at what an attempt could not reach. One that may end the target (a restart) looks at all that it talks to
    /// unless it ended well: it may have judged the silence itself, and then says nothing of an endpoint.
    mutating func lookAtWhatWasLost(by execution: Execution) {
        let definition = execution.definition
        guard !definition.isReachability else { return }
        let result = execution.attempt.result
        if let endpoint = result.unreachable { look(at: endpoint) }
        guard definition.effects == .disruptive, [.fail, .error, .unverified].contains(result.outcome.word) else {
            return
        }
        for endpoint in Endpoint.allCases where definition.endpoints.contains(endpoint) { look(at: endpoint) }
    }

    /// Looks at all that a check talks to, once a change of it could not be taken back: also where that was there before,
    /// because the target may have ended since.
    mutating func lookAfterFailedUndo(of definition: CheckDefinition) {
        guard !definition.isReachability else { return }
        for endpoint in Endpoint.allCases where definition.endpoints.contains(endpoint) {
            switch lost[endpoint] {
            case .there:
                lost[endpoint] = nil
                look(at: endpoint)
            case .lookingAtIt: looksAgain.insert(endpoint)
            case .gone: break
            case nil: look(at: endpoint)
            }
        }
    }

    /// What a look has shown. When the endpoint is gone, what needs it and has not started is blocked.
    mutating func settleLook(at endpoint: Endpoint, isThere: Bool) {
        if isThere, looksAgain.remove(endpoint) != nil {
            lost[endpoint] = nil
            return look(at: endpoint)
        }
        lost[endpoint] = isThere ? .there : .gone
        schedule.release(endpoint, isLost: !isThere)
    }

    private mutating func look(at endpoint: Endpoint) {
        guard lost[endpoint] == nil else { return }
        lost[endpoint] = .lookingAtIt
        schedule.hold(endpoint)
        let reachability = setup.reachability
        let clock = setup.clock
        jobs.append(
            Job { [inbox] in
                let isThere = await TimeLimit.race(.seconds(2), on: clock) { await reachability.isReachable(endpoint) }
                inbox.post(.lookedAt(endpoint, isThere: isThere ?? false))
            })
    }
}
