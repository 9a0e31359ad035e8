/// How many sessions a database server holds and may hold, and who waits for one.
package struct ServerSessions: Sendable, Codable, Equatable {
    /// The queue of one pool of a pooler.
    package struct Queue: Sendable, Codable, Equatable {
        /// The database, as the pooler calls it.
        package var database: String
        /// The role of the sessions.
        package var user: String
        /// Clients that have a session or need none.
        package var active: Int
        /// Clients that wait for a session.
        package var waiting: Int
        /// How long the first of them has waited, microseconds.
        package var longestWaitMicroseconds: Int64

        /// States a queue.
        package init(database: String, user: String, active: Int, waiting: Int, longestWaitMicroseconds: Int64) {
            self.database = database
            self.user = user
            self.active = active
            self.waiting = waiting
            self.longestWaitMicroseconds = longestWaitMicroseconds
        }
    }

    /// Sessions of clients, our own among them.
    package var inUse: Int
    /// Sessions that an ordinary role may have: `max_connections` without those that are reserved.
    package var most: Int
    /// The pools of the pooler that the description names; nil where it names none.
    package var queues: [Queue]?

    /// States how many there are.
    package init(inUse: Int, most: Int, queues: [Queue]?) {
        self.inUse = inUse
        self.most = most
        self.queues = queues
    }
}
