package import Readiness

/// Something of a system that a file of its repository shows, with the place.
///
/// It says what is written there, and not that the system does so.
package struct Sighting: Sendable, Equatable {
    /// What is seen.
    package enum Kind: Sendable, Equatable {
        /// Where a database is.
        case database(DatabaseURL)
        /// A revision in a folder of migrations.
        case migration(MigrationStyle, folder: String)
        /// The folder that `alembic.ini` names: revisions lie in `versions` below it.
        case alembicScripts(folder: String)
        /// A service of a compose file.
        case service(ComposeService)
        /// A file that Prometheus or Alertmanager reads.
        case monitoring(MonitoringFile)
        /// A path that the system answers over HTTP.
        case route(Route)
        /// A port that the system listens on.
        case listener(port: Int)
        /// A systemd unit.
        case unit(SystemdUnit)
        /// A file that the system logs to.
        case log(path: String)
        /// A file of limits, by its place or its keys.
        case limits
        /// A file of strategies.
        case strategies
        /// A venue's host.
        case venue(host: String)
    }

    /// What is seen.
    package var kind: Kind
    /// The file, relative to the repository, and the line.
    package var location: SourceLocation

    /// Describes a sighting.
    package init(_ kind: Kind, at location: SourceLocation) {
        self.kind = kind
        self.location = location
    }
}

/// How revisions are written.
package enum MigrationStyle: String, Sendable, Equatable {
    /// Python files with `revision` and `down_revision`.
    case alembic
    /// Numbered files of SQL.
    case sql
}

/// A service of a compose file.
package struct ComposeService: Sendable, Equatable {
    /// Its name, which other services reach it by.
    package var name: String
    /// The image, without registry and tag; empty where it is built from the repository.
    package var image: String
    /// Ports that it publishes on this machine, with those inside the container.
    package var ports: [Port] = []

    /// A published port.
    package struct Port: Sendable, Equatable {
        /// On this machine.
        package var host: Int
        /// In the container.
        package var container: Int
    }

    /// Whether it is built from the repository, and not another's image.
    package var isOwn: Bool { image.isEmpty }
}

/// A file that the monitoring reads.
package enum MonitoringFile: String, Sendable, Equatable {
    /// What Prometheus scrapes.
    case prometheus
    /// Rules that raise alerts.
    case alertRules
    /// Where Alertmanager sends alerts.
    case alertmanager
}

/// A path that a program answers.
package struct Route: Sendable, Equatable {
    /// `GET` unless the line says otherwise.
    package var method: String
    /// As written there.
    package var path: String
    /// The operation of the readiness surface that it is or may stand for; nil for metrics.
    package var operation: String?
    /// Whether it is the path of the contract itself.
    package var isContract: Bool
}

/// A systemd unit of a service.
package struct SystemdUnit: Sendable, Equatable {
    /// `desk.service`.
    package var name: String
    /// The file that its standard output goes to; nil for the journal.
    package var log: String?
}
