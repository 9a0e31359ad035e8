/// The numbers of a profile's own checks, so that a criteria file can give another one.
///
/// In the criteria each stands under the check's id and the measurement's name: `desk.api.lag.response_time`.
extension DeclaredCheck {
    /// The number that each measurement must keep to, by the measurement's name.
    package var bounds: [String: Threshold] {
        var bounds: [String: Threshold] = [:]
        func add(_ name: String, _ expectation: ValueRequirement.Expectation) {
            if case .number(let criterion, _) = expectation { bounds[name] = criterion.threshold }
        }
        switch subject {
        case .http(let requirement):
            for value in requirement.values { add(value.path.description, value.expectation) }
            bounds["response_time"] = requirement.latency?.limit
        case .sql(let requirement): add("value", requirement.expectation)
        case .file(let requirement): bounds["age"] = requirement.maximumAge
        case .certificate(let requirement): bounds["validity_left"] = requirement.leastDays
        case .report(let requirement): bounds["report_age"] = requirement.maximumAge
        case .command, .port: break
        }
        return bounds
    }

    /// Where the criteria hold a measurement's number.
    package func key(of measurement: String) -> String { id.key(of: measurement) }
}

extension CheckID {
    /// Where the criteria hold the number of a measurement of a profile's own check.
    package func key(of measurement: String) -> String { "\(description).\(measurement)" }
}

extension Criteria {
    /// A criterion with the number that the criteria hold under a key. Another file's number drops the warning band,
    /// which was made for the number that it stood beside.
    package func overriding(_ own: Criterion, under key: String) -> Criterion {
        guard let threshold = self[key], threshold.source.description != own.source else { return own }
        return Criterion(own.op, threshold)
    }

    /// The same with numbers for keys that it does not have.
    package func filled(with thresholds: [String: Threshold]) -> Criteria {
        var criteria = self
        for (key, threshold) in thresholds where criteria[key] == nil { criteria.set(threshold, for: key) }
        return criteria
    }
}

extension Criterion {
    /// The bound with its place; a place that is none is taken for a file's name.
    package var threshold: Threshold {
        var place = SourceLocation(file: source, line: 0)
        if let colon = source.lastIndex(of: ":"), let line = Int(source[source.index(after: colon)...]), line > 0 {
            place = SourceLocation(file: String(source[..<colon]), line: line)
        }
        return Threshold(fail, source: place)
    }
}

extension ValueRequirement.Expectation {
    /// The same with the number that the criteria hold under a key.
    package func overridden(by criteria: Criteria, under key: String) -> Self {
        guard case .number(let own, let unit) = self else { return self }
        return .number(criteria.overriding(own, under: key), unit: unit)
    }
}
