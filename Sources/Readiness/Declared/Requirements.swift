/// What a declared `http` check asks for, and what the answer must be. No redirect is followed: a redirect is a status.
package struct HTTPRequirement: Sendable, Equatable {
    /// Where to ask.
    package enum Place: Sendable, Equatable {
        /// A path on the target's readiness surface, beginning with `/`: 404, 405 and 501 mean that it is not offered.
        case surface(path: String)
        /// Any `http` or `https` URL that the profile names. TLS is verified.
        case url(String)
    }

    /// A bound on the time of one exchange.
    package struct Latency: Sendable, Equatable {
        /// Which percentile of the series.
        package var percentile: Percentile
        /// In milliseconds; the percentile must be below.
        package var limit: Threshold
        /// How many are taken. Default the percentile's least; with fewer no claim is made (`too_few_samples`).
        package var samples: Int

        /// Bounds a percentile.
        package init(_ percentile: Percentile, below limit: Threshold, samples: Int? = nil) {
            self.percentile = percentile
            self.limit = limit
            self.samples = samples ?? percentile.leastSamples
        }
    }

    /// Where to ask.
    package var place: Place
    /// `GET`, `HEAD`, `POST`. Default `GET`. What is asked must change nothing at the target.
    package var method: String
    /// Sent as they are; no secrets.
    package var headers: [String: String]
    /// Header fields whose values are secrets, by the secret's name in the profile.
    package var secretHeaders: [String: String]
    /// Sent as `application/json` if there is any.
    package var body: String?
    /// Statuses that are right, never empty. Default 200.
    package var statuses: [Int]
    /// What must stand in the answer's JSON.
    package var values: [ValueRequirement]
    /// How long it may take; nil: no bound.
    package var latency: Latency?
    /// A PEM file of roots in place of those that the place is held against otherwise: the system's, or at the
    /// surface's own server the surface's.
    package var roots: String?
    /// How long the target may be silent to one request. Default 5 s.
    package var requestLimit: Duration

    /// States a requirement; see the properties for meaning and defaults.
    package init(
        _ place: Place, method: String = "GET", headers: [String: String] = [:], secretHeaders: [String: String] = [:],
        body: String? = nil, statuses: [Int] = [200], values: [ValueRequirement] = [], latency: Latency? = nil,
        roots: String? = nil, requestLimit: Duration = .seconds(5)
    ) {
        self.place = place
        self.method = method
        self.headers = headers
        self.secretHeaders = secretHeaders
        self.body = body
        self.statuses = statuses
        self.values = values
        self.latency = latency
        self.roots = roots
        self.requestLimit = requestLimit
    }
}

/// What a declared `command` check runs. The exit code **and** the text must agree: neither alone is evidence.
package struct CommandRequirement: Sendable, Equatable {
    /// How the output is read.
    package enum Form: Sendable, Equatable {
        /// Exit code and text, both stated.
        case stated(exitCode: Int32, text: TextRequirement)
        /// A Nagios plugin: codes 0 to 3, a word that agrees, performance data.
        case nagios
        /// A report on standard output: TAP 14, JUnit or SARIF.
        case report(ReportRequirement.Format)
    }

    /// `argv`; the program as an absolute path or a bare name.
    package var arguments: [String]
    /// Absolute. Default `/`.
    package var folder: String
    /// Variables, no secrets.
    package var environment: [String: String]
    /// Variables whose values are secrets, by the secret's name in the profile.
    package var secretEnvironment: [String: String]
    /// What the command must say and how it must end.
    package var form: Form
    /// How long it may take; beyond that it counts as silent. Default 20 s.
    package var limit: Duration

    /// States a requirement; see the properties.
    package init(
        _ arguments: [String], in folder: String = "/", environment: [String: String] = [:],
        secretEnvironment: [String: String] = [:], form: Form, limit: Duration = .seconds(20)
    ) {
        self.arguments = arguments
        self.folder = folder
        self.environment = environment
        self.secretEnvironment = secretEnvironment
        self.form = form
        self.limit = limit
    }
}

/// What a declared `sql` check asks the target's database: one row of one column, against an expectation. Read-only.
package struct SQLRequirement: Sendable, Equatable {
    /// One SELECT.
    package var statement: String
    /// What its one value must be.
    package var expectation: ValueRequirement.Expectation

    /// States a requirement.
    package init(_ statement: String, _ expectation: ValueRequirement.Expectation) {
        self.statement = statement
        self.expectation = expectation
    }
}

/// What a declared `file` check wants of a file. What is nil is not looked at.
package struct FileRequirement: Sendable, Equatable {
    /// Absolute.
    package var path: String
    /// Whether it must be there. Default true; where it must not, nothing else is asked.
    package var exists: Bool
    /// The permission bits, exactly: `0o600`.
    package var mode: Int?
    /// The most seconds since it was last changed.
    package var maximumAge: Threshold?
    /// What its first MiB must hold.
    package var text: TextRequirement?
    /// SHA-256 of all of it, lower-case hex. At most 64 MiB are read.
    package var sha256: String?

    /// States a requirement; see the properties.
    package init(
        _ path: String, exists: Bool = true, mode: Int? = nil, maximumAge: Threshold? = nil,
        text: TextRequirement? = nil, sha256: String? = nil
    ) {
        self.path = path
        self.exists = exists
        self.mode = mode
        self.maximumAge = maximumAge
        self.text = text
        self.sha256 = sha256
    }
}

/// What a declared `port` check wants of a TCP port.
package struct PortRequirement: Sendable, Equatable {
    /// A name or address.
    package var host: String
    /// 1 to 65535.
    package var port: Int
    /// Whether something must listen, or nothing.
    package var isOpen: Bool
    /// How long a connection may take before it counts as not open. Default 2 s.
    package var limit: Duration

    /// States a requirement.
    package init(host: String, port: Int, isOpen: Bool = true, limit: Duration = .seconds(2)) {
        self.host = host
        self.port = port
        self.isOpen = isOpen
        self.limit = limit
    }
}

/// What a declared `certificate` check wants: a chain to a trusted root, the name, and days left.
package struct CertificateRequirement: Sendable, Equatable {
    /// Where the certificate is.
    package enum Place: Sendable, Equatable {
        /// What a TLS server presents.
        case server(host: String, port: Int)
        /// A PEM file: the certificate first, intermediates behind it.
        case file(String)
    }

    /// Where the certificate is.
    package var place: Place
    /// The name that it must be good for; nil: a server's host, of a file none.
    package var name: String?
    /// A PEM file of roots in place of the system's.
    package var roots: String?
    /// The least days until it expires.
    package var leastDays: Threshold
    /// How long a server may take. Default 5 s.
    package var limit: Duration

    /// States a requirement.
    package init(
        _ place: Place, name: String? = nil, roots: String? = nil, leastDays: Threshold, limit: Duration = .seconds(5)
    ) {
        self.place = place
        self.name = name
        self.roots = roots
        self.leastDays = leastDays
        self.limit = limit
    }

    /// The name that the certificate must be good for; nil where none is asked.
    package var expectedName: String? {
        if let name { return name }
        if case .server(let host, _) = place { return host }
        return nil
    }
}

/// A file that another tool wrote: its results become measurements and findings.
package struct ReportRequirement: Sendable, Equatable {
    /// How the file is to be read.
    package enum Format: String, Sendable, Equatable, CaseIterable {
        case tap, junit, sarif
    }

    /// How the file is to be read.
    package var format: Format
    /// Absolute. At most 16 MiB.
    package var path: String
    /// The most seconds since it was written; an old report proves nothing about today (`stale` is then a fail of its age).
    package var maximumAge: Threshold
    /// The least results that it must hold: a report of nothing is no pass. Default 1. For SARIF: runs.
    package var leastResults: Int

    /// States a requirement.
    package init(_ format: Format, at path: String, maximumAge: Threshold, leastResults: Int = 1) {
        self.format = format
        self.path = path
        self.maximumAge = maximumAge
        self.leastResults = leastResults
    }
}
