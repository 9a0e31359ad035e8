/// The themes that are embedded in the program.
enum ShippedTheme: String, CaseIterable {
    case harborDark = "harbor-dark"
    case harborLight = "harbor-light"
    case mono

    /// For which kind of terminal background it is made.
    var kind: String { self == .harborLight ? "light" : "dark" }
}
