/// The fault switches of a practice desk, as last told.
package struct FaultPanel: Sendable, Equatable {
    /// One switch.
    package struct Fault: Sendable, Equatable {
        /// `limit-off-by-one`.
        package var name: String
        /// What is broken while it is set.
        package var sentence: String
        /// What magnitude it takes, in words; nil where it takes none.
        package var magnitudeHint: String?
        /// nil: not set. Else its magnitude, empty where it has none.
        package var active: String?

        /// States a switch.
        package init(name: String, sentence: String, magnitudeHint: String? = nil, active: String? = nil) {
            self.name = name
            self.sentence = sentence
            self.magnitudeHint = magnitudeHint
            self.active = active
        }
    }

    /// The desk's home folder.
    package var home: String
    /// The desk's process.
    package var pid: Int32
    /// In the desk's order.
    package var faults: [Fault]

    /// States what the desk told.
    package init(home: String, pid: Int32, faults: [Fault]) {
        self.home = home
        self.pid = pid
        self.faults = faults
    }

    /// How many are set.
    package var activeCount: Int { faults.count { $0.active != nil } }
}
