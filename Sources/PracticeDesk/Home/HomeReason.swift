/// One reason why a desk does not do what it was asked for: for a program by its code, for a person in words.
package struct HomeReason: Codable, Hashable, Sendable {
    /// What kind of reason it is: `file_missing`, `file_invalid`, `not_a_desk_home`, `home_busy`, `ledger_corrupt`,
    /// `ledger_locked`, `ledger_refused`, `ledger_server`, `ledger_server_missing`, `ledger_unusable`,
    /// `ledger_value_invalid`, `no_space`, `no_permission`,
    /// `system_refused`, `port_taken` or `cannot_listen`.
    package var code: String
    /// The file or folder that it is about, absolute; nil for a port.
    package var path: String?
    /// The line in that file, from 1; nil where no single one is wrong.
    package var line: Int?
    /// What is wrong, in one line that names the file.
    package var message: String
    /// What a person can do about it, in one line.
    package var remedy: String

    /// A reason of these words.
    package init(code: String, path: String? = nil, line: Int? = nil, message: String, remedy: String) {
        self.code = code
        self.path = path
        self.line = line
        self.message = message
        self.remedy = remedy
    }
}
