package import Readiness

/// What each mode runs and how long it may take, as a criteria file says under `validation_modes`.
package struct ValidationModes: Sendable, Equatable {
    /// Which checks a mode runs, before the modes of the checks themselves narrow it.
    package enum Selection: Sendable, Equatable {
        /// Every validator.
        case all
        /// The sets (`health`, `basic_flow`, `critical_path`) and validators of these names, in the file's order.
        case names([String])
    }

    /// What the file says of one mode.
    package struct Entry: Sendable, Equatable {
        /// What runs.
        package var selection: Selection
        /// The budget of a run. Whole minutes in the file, from 1 minute to 30 days.
        package var budget: Duration
        /// Whether checks with the effect `load` may run. Default false.
        package var includesLoadTests: Bool
        /// Whether the scans of history and images run. Default false.
        package var includesSecurityScan: Bool
        /// Where the mode begins in its file.
        package var source: SourceLocation

        /// States what a mode runs.
        package init(
            selection: Selection, budget: Duration, includesLoadTests: Bool = false,
            includesSecurityScan: Bool = false, source: SourceLocation
        ) {
            self.selection = selection
            self.budget = budget
            self.includesLoadTests = includesLoadTests
            self.includesSecurityScan = includesSecurityScan
            self.source = source
        }
    }

    /// The sets' mode: minutes before and after a release.
    package var quick: Entry
    /// The default mode.
    package var standard: Entry
    /// The deepest mode.
    package var thorough: Entry

    /// States all three.
    package init(quick: Entry, standard: Entry, thorough: Entry) {
        self.quick = quick
        self.standard = standard
        self.thorough = thorough
    }

    /// What the file says of a mode.
    package subscript(mode: Mode) -> Entry {
        switch mode {
        case .quick: quick
        case .standard: standard
        case .thorough: thorough
        }
    }
}
