/// The themes that are embedded in the program.
enum ShippedTheme: String, CaseIterable {
    case harborDark = "harbor-dark"
    case harborLight = "harbor-light"
    case mono

    /// For which kind of terminal background it is made.
    var kind: String { self == .harborLight ? "light" : "dark" }
}

extension ShippedTheme {
    /// The embedded file.
    var bytes: [UInt8] {
        switch self {
        case .harborDark: PackageResources.harbor_dark_yaml
        case .harborLight: PackageResources.harbor_light_yaml
        case .mono: PackageResources.mono_yaml
        }
    }
}
