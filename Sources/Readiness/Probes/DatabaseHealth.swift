/// How worn a database is. What an engine does not have is nil, or a list without entries.
package struct DatabaseHealth: Sendable, Codable, Equatable {
    /// What a table carries along of rows that are gone.
    package struct Table: Sendable, Codable, Equatable {
        /// Its name.
        package var name: String
        /// Rows that are there, as the engine's statistics have it.
        package var live: Int
        /// Versions of rows that nobody needs any more.
        package var dead: Int
        /// Whether the engine's own rule says that it has to be cleaned up.
        package var isDue: Bool
        /// Seconds since it was last cleaned up, by whomever; since the statistics began when it never was.
        package var secondsSinceVacuum: Int

        /// States what a table carries.
        package init(name: String, live: Int, dead: Int, isDue: Bool, secondsSinceVacuum: Int) {
            self.name = name
            self.live = live
            self.dead = dead
            self.isDue = isDue
            self.secondsSinceVacuum = secondsSinceVacuum
        }
    }

    /// A session with an open transaction.
    package struct Session: Sendable, Codable, Equatable {
        /// The server's number of it.
        package var process: Int
        /// Its role.
        package var user: String
        /// What it calls itself.
        package var application: String
        /// Whether it does nothing and keeps its transaction.
        package var isIdle: Bool
        /// Since its transaction began, milliseconds.
        package var transactionMilliseconds: Int64
        /// Since it began to do what it does, milliseconds: of an idle one, for how long it has been idle.
        package var stateMilliseconds: Int64

        /// Describes a session.
        package init(
            process: Int, user: String, application: String, isIdle: Bool, transactionMilliseconds: Int64,
            stateMilliseconds: Int64
        ) {
            self.process = process
            self.user = user
            self.application = application
            self.isIdle = isIdle
            self.transactionMilliseconds = transactionMilliseconds
            self.stateMilliseconds = stateMilliseconds
        }
    }

    /// One that follows: a standby of the server, or the server itself.
    package struct Replica: Sendable, Codable, Equatable {
        /// What it calls itself.
        package var name: String
        /// How far it is behind, milliseconds; nil when the server does not say.
        package var lagMilliseconds: Int64?

        /// Describes one that follows.
        package init(name: String, lagMilliseconds: Int64?) {
            self.name = name
            self.lagMilliseconds = lagMilliseconds
        }
    }

    /// What keeps a log for one that is not there.
    package struct Slot: Sendable, Codable, Equatable {
        /// Its name.
        package var name: String
        /// Bytes of log that may not be thrown away for its sake.
        package var retainedBytes: Int64

        /// Describes a slot.
        package init(name: String, retainedBytes: Int64) {
            self.name = name
            self.retainedBytes = retainedBytes
        }
    }

    /// Numbers that are given out one after the other, and end.
    package struct Sequence: Sendable, Codable, Equatable {
        /// Its name.
        package var name: String
        /// Those that were given out, in hundredths of a percent of all that there are.
        package var usedBasisPoints: Int

        /// Describes a sequence.
        package init(name: String, usedBasisPoints: Int) {
            self.name = name
            self.usedBasisPoints = usedBasisPoints
        }
    }

    /// Transactions since the oldest that the server must still remember; nil for an engine that does not count so.
    package var transactionAge: Int64?
    /// Whether the engine cleans up by itself; nil where it has no such thing.
    package var cleansItself: Bool?
    /// The largest tables, and those with the most to clean up; at most 1,000.
    package var tables: [Table] = []
    /// Sessions with an open transaction, our own apart.
    package var sessions: [Session] = []
    /// Sessions of which our role may not see what they do.
    package var hiddenSessions = 0
    /// Those that follow; of a standby the server itself.
    package var replicas: [Replica] = []
    /// Slots that nobody uses.
    package var unusedSlots: [Slot] = []
    /// Sequences that end, the fullest first; at most 1,000.
    package var sequences: [Sequence] = []
    /// Sequences that our role may not look into.
    package var hiddenSequences = 0
    /// Bytes of the log beside a file's database; nil for a server, 0 where there is none.
    package var logBytes: Int64?
    /// Bytes in a file's database that hold nothing; nil for a server.
    package var freeBytes: Int64?

    /// States nothing yet.
    package init() {}
}
